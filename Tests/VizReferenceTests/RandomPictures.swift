import VizReference
import VizTestSupport

/// Sample types that test pictures are made of.
protocol RandomSample: ReferenceSample {
  static func random(using generator: inout SplitMix64) -> Self
}

extension UInt8: RandomSample {
  static func random(using generator: inout SplitMix64) -> UInt8 {
    UInt8(truncatingIfNeeded: generator.next())
  }
}

extension UInt16: RandomSample {
  static func random(using generator: inout SplitMix64) -> UInt16 {
    UInt16(truncatingIfNeeded: generator.next())
  }
}

extension Int16: RandomSample {
  static func random(using generator: inout SplitMix64) -> Int16 {
    Int16(truncatingIfNeeded: generator.next())
  }
}

extension Float: RandomSample {
  static func random(using generator: inout SplitMix64) -> Float {
    Float.random(in: -1...1, using: &generator)
  }
}

extension OraclePicture where S: RandomSample {
  /// Noise over the whole range of the samples; Float from −1 to 1.
  static func noise(
    width: Int, height: Int, channels: Int = 1, using generator: inout SplitMix64
  ) -> OraclePicture {
    OraclePicture(
      width: width, height: height, channels: channels,
      samples: (0..<(width * height * channels)).map { _ in S.random(using: &generator) })
  }
}

extension OraclePicture<UInt8> {
  /// Soft hills, so that gradients and ridges look like those of a photograph.
  static func hills(width: Int, height: Int, using generator: inout SplitMix64) -> OraclePicture {
    let noise = OraclePicture.noise(width: width + 8, height: height + 8, using: &generator)
    let sums = (0..<(width * height)).map { i in
      var sum = 0
      for v in 0..<9 {
        for u in 0..<9 {
          sum += Int(noise.samples[(i / width + v) * (width + 8) + i % width + u])
        }
      }
      return UInt8(clamping: (sum / 81 - 128) * 3 + 128)
    }
    return OraclePicture(width: width, height: height, samples: sums)
  }
}

/// The sizes along each axis that sweeps run over.
let sweepSizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 33]

extension ReferenceKernel {
  /// Whole taps from −reach to reach.
  static func random(
    width: Int, height: Int, reach: Int, anchorX: Int? = nil, anchorY: Int? = nil,
    using generator: inout SplitMix64
  ) -> ReferenceKernel {
    ReferenceKernel(
      width: width, height: height,
      taps: (0..<(width * height)).map { _ in
        Double(Int.random(in: -reach...reach, using: &generator))
      }, anchorX: anchorX, anchorY: anchorY)
  }
}
