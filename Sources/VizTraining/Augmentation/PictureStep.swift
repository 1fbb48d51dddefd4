/// One change of a picture, with nothing left to chance: what a transform comes to once its numbers are drawn.
///
/// With these numbers, the bytes are those that torchvision makes of a picture of Pillow's.
public enum PictureStep: Equatable, Sendable {
  case padded(PictureBorder)
  /// A part that lies within the picture.
  case cropped(left: Int, top: Int, width: Int, height: Int)
  /// As Pillow's `BILINEAR` resizes: with antialiasing.
  case resized(width: Int, height: Int)
  case flippedHorizontally
  case flippedVertically
  /// Counterclockwise by so many right angles, 1…3.
  case turned(quarters: Int)
  /// Every pixel of a picture of this size from where the matrix says.
  case mapped(AffineMatrix, width: Int, height: Int, Interpolation, fill: PictureFill)
  /// In gray, in one channel or in three that are alike.
  case gray(channels: Int)
  case brightness(Double)
  case contrast(Double)
  case saturation(Double)
  /// In turns of the circle of colours, −½…½.
  case hue(Double)
}

/// How samples between pixels are made.
public enum Interpolation: String, CaseIterable, Sendable {
  case nearest, bilinear
}

/// The colour of what was no part of a picture: one number for all channels, or one for each.
public struct PictureFill: Equatable, Sendable {
  public let values: [UInt8]

  public static let black = PictureFill([0])

  public init(_ values: [UInt8]) {
    precondition(values.count == 1 || values.count == 3, "a colour of \(values.count) numbers")
    self.values = values
  }

  /// Of a gray picture the first number counts.
  subscript(channel: Int) -> UInt8 { values[min(channel, values.count - 1)] }
}

/// Pixels around a picture.
public struct PictureBorder: Equatable, Sendable {
  /// What they show, by NumPy's and torchvision's names.
  public enum Mode: String, CaseIterable, Sendable {
    case constant, edge, reflect, symmetric
  }

  public var left: Int
  public var top: Int
  public var right: Int
  public var bottom: Int
  public var fill: PictureFill
  public var mode: Mode

  public init(
    left: Int, top: Int, right: Int, bottom: Int, fill: PictureFill = .black, mode: Mode = .constant
  ) {
    precondition(
      min(left, top, right, bottom) >= 0, "a border of \(left), \(top), \(right), \(bottom)")
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
    self.fill = fill
    self.mode = mode
  }
}

/// Width and height of a picture.
public struct PictureSize: Hashable, Sendable {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

extension PictureSize: CustomStringConvertible {
  public var description: String { "\(width)×\(height)" }
}

extension PictureStep {
  /// The size of a picture after the step.
  func size(of size: PictureSize) -> PictureSize {
    switch self {
    case .padded(let border):
      PictureSize(
        width: size.width + border.left + border.right,
        height: size.height + border.top + border.bottom)
    case .cropped(_, _, let width, let height), .resized(let width, let height),
      .mapped(_, let width, let height, _, _):
      PictureSize(width: width, height: height)
    case .turned(let quarters):
      quarters % 2 == 0 ? size : PictureSize(width: size.height, height: size.width)
    case .flippedHorizontally, .flippedVertically, .gray, .brightness, .contrast, .saturation,
      .hue:
      size
    }
  }
}

extension Pixels {
  public var size: PictureSize { PictureSize(width: width, height: height) }

  /// The picture after a step.
  public func applying(_ step: PictureStep) -> Pixels {
    switch step {
    case .padded(let border): padded(border)
    case .cropped(let left, let top, let width, let height):
      cropped(left: left, top: top, width: width, height: height)
    case .resized(let width, let height): resized(width: width, height: height)
    case .flippedHorizontally: flippedHorizontally
    case .flippedVertically: flippedVertically
    case .turned(let quarters): turned(quarters: quarters)
    case .mapped(let matrix, let width, let height, let interpolation, let fill):
      mapped(by: matrix, width: width, height: height, interpolation, fill: fill)
    case .gray(let channels): gray(channels: channels)
    case .brightness(let factor): withBrightness(factor)
    case .contrast(let factor): withContrast(factor)
    case .saturation(let factor): withSaturation(factor)
    case .hue(let turns): withHue(turns)
    }
  }
}
