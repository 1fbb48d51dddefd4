public import VizImage

extension Image {
  /// The picture in another size, as Pillow's `BILINEAR` makes it: a triangle of weights that grows with the
  /// reduction, along the rows and then along the columns.
  ///
  /// Columns come first where the height shrinks by more than twice what the width does: fewer samples
  /// are left for the second pass. 8-bit samples are rounded between the passes, and are Pillow's, every
  /// one; others become Float from 0 to 1 and are weighted in Float64.
  ///
  /// - Precondition: sides are positive.
  /// - Source: Pillow 13's `Image.resize`, `resample=BILINEAR`; before 13, rows always came first
  ///   (github.com/python-pillow/Pillow/pull/9549).
  public func resized(width: Int, height: Int) -> Image {
    resized(width: width, height: height, columns: 0..<width, rows: 0..<height)
  }

  /// Columns and rows of the resized picture; nothing else of it is computed, however large it were.
  func resized(width: Int, height: Int, columns: Range<Int>, rows: Range<Int>) -> Image {
    if width == self.width, height == self.height, columns == 0..<width, rows == 0..<height {
      return self
    }
    let passes = ResizingPasses(
      across: Resampling(length: self.width, newLength: width, window: columns),
      down: Resampling(length: self.height, newLength: height, window: rows),
      isDownFirst: height < self.height && self.height - height > 2 * (self.width - width))
    return sampleType == .uint8
      ? resized(by: passes, UInt8.self) : withFloatSamples.resized(by: passes, Float.self)
  }

  private func resized<S: WeightedSample>(by passes: ResizingPasses, _: S.Type) -> Image {
    let pixels = PixelBlock(
      samples: samples(as: S.self), columns: 0..<width, rows: 0..<height, channels: layout.channels)
    return Image(
      width: passes.across.count, height: passes.down.count, layout: layout,
      samples: passes.applied(to: pixels).samples)
  }
}

/// Along the rows and along the columns.
///
/// A side that stays as long has one weight of 1 for each sample.
private struct ResizingPasses {
  let across: Resampling
  let down: Resampling
  let isDownFirst: Bool

  func applied<S>(to pixels: PixelBlock<S>) -> PixelBlock<S> {
    isDownFirst
      ? pixels.resampled(down: down, columns: across.sources)
        .resampled(across: across, rows: 0..<down.count)
      : pixels.resampled(across: across, rows: down.sources)
        .resampled(down: down, columns: 0..<across.count)
  }
}

/// Some columns and rows of a picture.
private struct PixelBlock<S: WeightedSample> {
  let samples: [S]
  let columns: Range<Int>
  let rows: Range<Int>
  let channels: Int

  /// Where the samples of a pixel begin.
  private func index(_ x: Int, _ y: Int) -> Int {
    ((y - rows.lowerBound) * columns.count + x - columns.lowerBound) * channels
  }

  /// Some rows in a new width.
  func resampled(across: Resampling, rows: Range<Int>) -> PixelBlock {
    let weights = across.weights.map(S.weight)
    var result: [S] = []
    result.reserveCapacity(rows.count * across.count * channels)
    for y in rows {
      for i in 0..<across.count {
        let first = index(across.firsts[i], y)
        for c in 0..<channels {
          var sample = first + c
          var sum = S.start
          for k in across.starts[i]..<across.starts[i + 1] {
            sum = S.sum(sum, weights[k], samples[sample])
            sample += channels
          }
          result.append(S.rounded(sum))
        }
      }
    }
    return PixelBlock(
      samples: result, columns: 0..<across.count, rows: rows, channels: channels)
  }

  /// Some columns in a new height, a row at a time.
  func resampled(down: Resampling, columns: Range<Int>) -> PixelBlock {
    let weights = down.weights.map(S.weight)
    let length = columns.count * channels
    var result: [S] = []
    result.reserveCapacity(down.count * length)
    for i in 0..<down.count {
      var sums = [S.Sum](repeating: S.start, count: length)
      var row = index(columns.lowerBound, down.firsts[i])
      for k in down.starts[i]..<down.starts[i + 1] {
        for x in 0..<length { sums[x] = S.sum(sums[x], weights[k], samples[row + x]) }
        row += self.columns.count * channels
      }
      result += sums.map(S.rounded)
    }
    return PixelBlock(
      samples: result, columns: columns, rows: 0..<down.count, channels: channels)
  }
}

/// How the samples of a type are weighted and added.
private protocol WeightedSample: Sample {
  associatedtype Sum
  static var start: Sum { get }
  static func weight(_ weight: Double) -> Sum
  static func sum(_ sum: Sum, _ weight: Sum, _ sample: Self) -> Sum
  static func rounded(_ sum: Sum) -> Self
}

/// Weights are whole multiples of 2⁻²²: eight bits of sample and two to spare fit in 32 beside them.
extension UInt8: WeightedSample {
  static var start: Int32 { 1 << 21 }
  static func weight(_ weight: Double) -> Int32 { Int32(weight * 0x1p22 + 0.5) }
  static func sum(_ sum: Int32, _ weight: Int32, _ sample: UInt8) -> Int32 {
    sum &+ weight &* Int32(sample)
  }
  static func rounded(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> 22) }
}

extension Float: WeightedSample {
  static var start: Double { 0 }
  static func weight(_ weight: Double) -> Double { weight }
  static func sum(_ sum: Double, _ weight: Double, _ sample: Float) -> Double {
    sum + weight * Double(sample)
  }
  static func rounded(_ sum: Double) -> Float { Float(sum) }
}
