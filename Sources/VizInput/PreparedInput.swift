public import VizImage
public import VizNN

/// A picture as a network takes it.
public struct PreparedInput: Sendable {
  /// `[1, C, H, W]`.
  public let tensor: Tensor
  /// What the network sees: the picture in its channels and size, before the mean is taken away.
  ///
  /// It has 8-bit samples, or Float from 0 to 1 where the file has more.
  public let picture: Image
  /// What was done to the picture, in the order in which it was done; empty where it fits as it is.
  public let notes: [String]
}

extension InputDescription {
  /// Pixels of the largest input.
  public static let maximumPixels = 1 << 26

  /// Makes the input of a picture: over white, gray or in colour, resized and cut to its middle,
  /// where it is due inverted, then scaled and normalised.
  ///
  /// The numbers are those of Pillow and torchvision: `Resize`, `CenterCrop`, `ToTensor`, `Normalize`. 16-bit
  /// samples span the range as 8-bit ones do; Float is taken to go from 0 to 1 and is not clipped.
  ///
  /// - Precondition: as `init` asks for.
  /// - Throws: ``InputError/channels(_:)`` unless the input has 1 or 3,
  ///   ``InputError/tooLarge(width:height:limit:)`` before memory is taken.
  public func prepared(
    _ image: Image, inversion: Inversion = .automatic
  ) throws(InputError) -> PreparedInput {
    checkPreconditions()
    guard channels == 1 || channels == 3 else { throw .channels(channels) }
    try checkSize()
    var notes: [String] = []
    var picture = colored(image, &notes)
    picture = framed(picture, inversion, &notes)
    return PreparedInput(tensor: tensor(of: picture), picture: picture, notes: notes)
  }

  private func checkSize() throws(InputError) {
    let whole = resizeSize ?? resizeSide.map { InputSize(width: $0, height: $0) }
    let widest = max(width, whole?.width ?? 1)
    let highest = max(height, whole?.height ?? 1)
    guard max(widest, highest) <= Self.maximumPixels, width * height <= Self.maximumPixels,
      (resizeSize?.width ?? 1) * (resizeSize?.height ?? 1) <= Self.maximumPixels
    else { throw .tooLarge(width: widest, height: highest, limit: Self.maximumPixels) }
  }

  /// Over white, in the network's channels, of bytes or Float.
  private func colored(_ image: Image, _ notes: inout [String]) -> Image {
    let (opaque, isChanged) = image.overWhite
    if isChanged { notes.append("transparent pixels over white") }
    let samples = opaque.sampleType == .int16 ? opaque.withFloatSamples : opaque
    var picture = samples
    if channels == 1 && samples.layout.hasColor {
      picture = Image(planes: [samples.grayscale])
      notes.append("colour → gray")
    } else if channels == 3 && !samples.layout.hasColor {
      let gray = samples.grayscale
      picture = Image(planes: [gray, gray, gray])
      notes.append("gray → red, green and blue alike")
    }
    return picture.sampleType == .uint8 ? picture : picture.withFloatSamples
  }

  /// The part that the network sees.
  private func framed(
    _ image: Image, _ inversion: Inversion, _ notes: inout [String]
  ) -> Image {
    let frame = InputFrame(width: image.width, height: image.height, for: self)
    if (frame.width, frame.height) != (image.width, image.height) {
      notes.append("resized \(image.width)×\(image.height) → \(frame.width)×\(frame.height)")
    }
    var seen = image.resized(
      width: frame.width, height: frame.height, columns: frame.columns, rows: frame.rows)
    if (seen.width, seen.height) != (frame.width, frame.height) {
      notes.append("cropped to the middle \(seen.width)×\(seen.height)")
    }
    if inversion.applies(to: seen, for: self) {
      seen = seen.inverted
      notes.append(inversion == .yes ? "inverted" : "inverted: dark on light")
    }
    if (seen.width, seen.height) != (width, height) {
      notes.append("black around it, to \(width)×\(height)")
    }
    return seen.padded(width: width, height: height, left: frame.left, top: frame.top)
  }

  private func tensor(of picture: Image) -> Tensor {
    let levels = (0...255).map { Double($0) / 255 }
    let values: [Float]
    if picture.sampleType == .uint8 {
      let tables = (0..<channels).map { c in levels.map { normalized($0, c) } }
      values = planar(picture.samples(as: UInt8.self)) { tables[$1][Int($0)] }
    } else {
      values = planar(picture.samples(as: Float.self)) { normalized(Double($0), $1) }
    }
    return Tensor(shape: [1, channels, height, width], values: values)
  }

  /// In the arithmetic of torchvision: pixel and range in Float, then mean and deviation in Float.
  private func normalized(_ pixel: Double, _ channel: Int) -> Float {
    let level = Float(pixel * (range.upperBound - range.lowerBound) + range.lowerBound)
    return (level - Float(mean[channel])) / Float(standardDeviation[channel])
  }

  private func planar<S>(_ pixels: [S], _ value: (S, _ channel: Int) -> Float) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(pixels.count)
    for c in 0..<channels {
      for i in stride(from: c, to: pixels.count, by: channels) {
        values.append(value(pixels[i], c))
      }
    }
    return values
  }
}
