/// The weights of a linear filter.
///
///     out(y, x) = offset + scale · Σ taps[i, j] · source(y + i − anchorY, x + j − anchorX)
///
/// That is cross-correlation, as OpenCV, PyTorch and the field define a filter; `flipped` gives the
/// kernel of true convolution. Whole-number taps with a fractional scale (ones and 1/9 for a 3×3
/// mean) keep sums exact.
public struct Kernel: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// Row-major: `taps[i · width + j]`.
  public let taps: [Double]
  /// The tap that lies on the output sample; the centre, `width / 2` and `height / 2`, by default.
  public let anchorX: Int
  public let anchorY: Int
  public let scale: Double
  public let offset: Double

  /// Taps of one side at most.
  public static let maximumSide = 255

  public init(
    width: Int, height: Int, taps: [Double], anchorX: Int? = nil, anchorY: Int? = nil,
    scale: Double = 1, offset: Double = 0
  ) {
    precondition(
      1...Self.maximumSide ~= width && 1...Self.maximumSide ~= height,
      "a kernel of \(width)×\(height); 1 to \(Self.maximumSide) a side are possible")
    precondition(taps.count == width * height, "\(taps.count) taps for \(width)×\(height)")
    precondition(taps.allSatisfy(\.isFinite), "a tap that is no number")
    precondition(scale.isFinite && offset.isFinite, "scale \(scale), offset \(offset)")
    self.width = width
    self.height = height
    self.taps = taps
    self.anchorX = anchorX ?? width / 2
    self.anchorY = anchorY ?? height / 2
    precondition(
      0..<width ~= self.anchorX && 0..<height ~= self.anchorY,
      "anchor \(self.anchorX),\(self.anchorY) of a \(width)×\(height) kernel")
    self.scale = scale
    self.offset = offset
  }

  /// A kernel from its rows.
  public init(rows: [[Double]], scale: Double = 1, offset: Double = 0) {
    let width = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == width }, "rows of different lengths")
    self.init(
      width: width, height: rows.count, taps: rows.flatMap(\.self), scale: scale, offset: offset)
  }

  public subscript(i: Int, j: Int) -> Double { taps[i * width + j] }
}

extension Kernel {
  /// Turned by 180°: correlating with it is convolving with the original.
  public var flipped: Kernel {
    Kernel(
      width: width, height: height, taps: taps.reversed(), anchorX: width - 1 - anchorX,
      anchorY: height - 1 - anchorY, scale: scale, offset: offset)
  }

  /// Rows and columns exchanged.
  public var transposed: Kernel {
    let taps = (0..<width).flatMap { j in (0..<height).map { i in self[i, j] } }
    return Kernel(
      width: height, height: width, taps: taps, anchorX: anchorY, anchorY: anchorX,
      scale: scale, offset: offset)
  }

  /// With another scale, offset or anchor; what is nil stays.
  public func with(
    scale: Double? = nil, offset: Double? = nil, anchorX: Int? = nil, anchorY: Int? = nil
  ) -> Kernel {
    Kernel(
      width: width, height: height, taps: taps, anchorX: anchorX ?? self.anchorX,
      anchorY: anchorY ?? self.anchorY, scale: scale ?? self.scale, offset: offset ?? self.offset)
  }

  /// `taps[i, j] = column[i] · row[j]`.
  static func outer(column: [Double], row: [Double], scale: Double = 1) -> Kernel {
    Kernel(rows: column.map { weight in row.map { weight * $0 } }, scale: scale)
  }
}
