internal import VizKernels

/// What a sample is stored as.
public enum SampleType: String, Sendable, CaseIterable, CustomStringConvertible {
  case uint8, uint16, int16, float

  public var description: String { rawValue }

  /// Bytes of one sample.
  public var byteCount: Int {
    switch self {
    case .uint8: 1
    case .uint16, .int16: 2
    case .float: 4
    }
  }

  /// The values that a sample can hold; for Float, those that pictures use.
  public var range: ClosedRange<Double> {
    switch self {
    case .uint8: 0...255
    case .uint16: 0...65_535
    case .int16: -32_768...32_767
    case .float: 0...1
    }
  }

  /// Whether samples are whole numbers.
  public var isInteger: Bool { self != .float }
}

/// A type that samples are stored as: `UInt8`, `UInt16`, `Int16` or `Float`.
public protocol Sample: BitwiseCopyable, Sendable {
  static var sampleType: SampleType { get }
  var float64: Double { get }
}

extension UInt8: Sample {
  public static var sampleType: SampleType { .uint8 }
  public var float64: Double { Double(self) }
}
extension UInt16: Sample {
  public static var sampleType: SampleType { .uint16 }
  public var float64: Double { Double(self) }
}
extension Int16: Sample {
  public static var sampleType: SampleType { .int16 }
  public var float64: Double { Double(self) }
}
extension Float: Sample {
  public static var sampleType: SampleType { .float }
  public var float64: Double { Double(self) }
}
