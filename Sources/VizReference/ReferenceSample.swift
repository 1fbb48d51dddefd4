/// What a sample is stored as, in the words of the judge.
package enum ReferenceSampleType: String, Sendable, CaseIterable {
  case uint8, uint16, int16, float

  /// The numbers that an integer sample can hold; nil for Float, which is never saturated.
  package var range: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .uint16: 0...65_535
    case .int16: -32_768...32_767
    case .float: nil
    }
  }

  /// The largest magnitude of an integer sample; nil for Float.
  package var largestMagnitude: Double? {
    range.map { max(-$0.lowerBound, $0.upperBound) }
  }
}

/// A type that samples are stored as: `UInt8`, `UInt16`, `Int16` or `Float`.
package protocol ReferenceSample: BitwiseCopyable, Sendable, Equatable {
  static var referenceType: ReferenceSampleType { get }
  /// Stands for samples that are still to be written.
  static var blank: Self { get }
  static func referenceValues(_ samples: [Self]) -> [Double]
  /// The samples of values that are already rounded and in range, as `finished` makes them.
  static func samples(ofFinished values: [Double]) -> [Self]
}

extension UInt8: ReferenceSample {
  package static var referenceType: ReferenceSampleType { .uint8 }
  package static var blank: UInt8 { 0 }
  package static func referenceValues(_ samples: [UInt8]) -> [Double] { samples.map(Double.init) }
  package static func samples(ofFinished values: [Double]) -> [UInt8] { values.map(UInt8.init) }
}

extension UInt16: ReferenceSample {
  package static var referenceType: ReferenceSampleType { .uint16 }
  package static var blank: UInt16 { 0 }
  package static func referenceValues(_ samples: [UInt16]) -> [Double] { samples.map(Double.init) }
  package static func samples(ofFinished values: [Double]) -> [UInt16] { values.map(UInt16.init) }
}

extension Int16: ReferenceSample {
  package static var referenceType: ReferenceSampleType { .int16 }
  package static var blank: Int16 { 0 }
  package static func referenceValues(_ samples: [Int16]) -> [Double] { samples.map(Double.init) }
  package static func samples(ofFinished values: [Double]) -> [Int16] { values.map(Int16.init) }
}

extension Float: ReferenceSample {
  package static var referenceType: ReferenceSampleType { .float }
  package static var blank: Float { 0 }
  package static func referenceValues(_ samples: [Float]) -> [Double] { samples.map(Double.init) }
  package static func samples(ofFinished values: [Double]) -> [Float] { values.map(Float.init) }
}
