public import VizImage

extension Image {
  /// The picture in another size, as Pillow's `BILINEAR` makes it: a triangle of weights that grows with the
  /// reduction, along the rows first.
  ///
  /// 8-bit samples are Pillow's, every one; others become Float from 0 to 1 and are weighted in Float64.
  ///
  /// - Precondition: sides are positive.
  /// - Source: Pillow's `Image.resize`, `resample=BILINEAR`.
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
      channels: layout.channels, rowLength: self.width * layout.channels)
    return sampleType == .uint8
      ? resized(by: passes, UInt8.self) : withFloatSamples.resized(by: passes, Float.self)
  }

  private func resized<S: WeightedSample>(by passes: ResizingPasses, _: S.Type) -> Image {
    let rows = passes.across(samples(as: S.self))
    return Image(
      width: passes.across.count, height: passes.down.count, layout: layout,
      samples: passes.down(rows))
  }
}

/// Along the rows, then along the columns.
///
/// A side that stays as long has one weight of 1 for each sample.
private struct ResizingPasses {
  let across: Resampling
  let down: Resampling
  let channels: Int
  /// Samples of an old row.
  let rowLength: Int

  /// Old rows, those that new ones need, in their new width.
  func across<S: WeightedSample>(_ samples: [S]) -> [S] {
    let weights = across.weights.map(S.weight)
    var result: [S] = []
    result.reserveCapacity(down.sources.count * across.count * channels)
    for y in down.sources {
      for i in 0..<across.count {
        for c in 0..<channels {
          var sample = y * rowLength + across.firsts[i] * channels + c
          var sum = S.start
          for k in across.starts[i]..<across.starts[i + 1] {
            sum = S.sum(sum, weights[k], samples[sample])
            sample += channels
          }
          result.append(S.rounded(sum))
        }
      }
    }
    return result
  }

  /// Rows of `across` to new rows.
  func down<S: WeightedSample>(_ samples: [S]) -> [S] {
    let weights = down.weights.map(S.weight)
    let length = across.count * channels
    var result: [S] = []
    result.reserveCapacity(down.count * length)
    for i in 0..<down.count {
      var sums = [S.Sum](repeating: S.start, count: length)
      var row = (down.firsts[i] - down.sources.lowerBound) * length
      for k in down.starts[i]..<down.starts[i + 1] {
        for x in 0..<length { sums[x] = S.sum(sums[x], weights[k], samples[row + x]) }
        row += length
      }
      result += sums.map(S.rounded)
    }
    return result
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
