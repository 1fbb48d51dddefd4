/// An array as NumPy's `.npy` files hold it, in row-major order.
///
/// Read: versions 1, 2 and 3 of the format, in either byte order, C and Fortran order, up to
/// `mostDimensions`: the element types below, and Float16, Int8 and UInt32, which the next larger of
/// them hold exactly. Objects and structures are refused: they hold Python code.
/// Written: version 1, little endian, C order.
///
/// - Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.
public struct NumPyArray: Equatable, Sendable {
  /// Samples of one type; equal counts of elements and shape are the maker's duty.
  public enum Elements: Equatable, Sendable {
    case bool([Bool])
    case uint8([UInt8])
    case uint16([UInt16])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case float([Float])
    case double([Double])
  }

  /// NumPy itself goes to 64.
  public static let mostDimensions = 16

  /// Lengths of the dimensions, the slowest first; empty for a single number.
  public let shape: [Int]
  public let elements: Elements

  public init(shape: [Int], elements: Elements) {
    precondition(
      shape.reduce(1, *) == elements.count, "\(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// All elements as Float64; Int64 beyond 2⁵³ are rounded, Booleans are 0 and 1.
  public var doubles: [Double] {
    switch elements {
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .uint8(let values): values.map(Double.init)
    case .uint16(let values): values.map(Double.init)
    case .int16(let values): values.map(Double.init)
    case .int32(let values): values.map(Double.init)
    case .int64(let values): values.map(Double.init)
    case .float(let values): values.map(Double.init)
    case .double(let values): values
    }
  }
}

extension NumPyArray.Elements {
  public var count: Int {
    switch self {
    case .bool(let values): values.count
    case .uint8(let values): values.count
    case .uint16(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .float(let values): values.count
    case .double(let values): values.count
    }
  }
}

/// What can be wrong with a `.npy` file; the file's name is the caller's to add.
public enum NumPyError: Error, Equatable, Sendable {
  /// The file does not start as such files do.
  case notNumPy
  /// A version of the format that is not known.
  case unsupportedVersion(major: Int, minor: Int)
  /// The file ends too early or too late.
  case wrongLength(ByteError)
  /// The header breaks its rules at this offset of the file.
  case invalidHeader(offset: Int, expected: String)
  /// Legal, but not supported: `found` is the header's word.
  case unsupported(found: String, expected: String)
  /// A Boolean that is neither 0 nor 1.
  case invalidBool(offset: Int, found: UInt8)
}

extension NumPyError {
  public var category: FailureCategory { .corrupt }
}

extension NumPyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notNumPy:
      "not a .npy file: it does not start with \\x93NUMPY"
    case .unsupportedVersion(let major, let minor):
      ".npy version \(major).\(minor); expected 1.0, 2.0 or 3.0"
    case .wrongLength(let error):
      ".npy \(error)"
    case .invalidHeader(let offset, let expected):
      ".npy header is malformed at offset \(offset): expected \(expected)"
    case .unsupported(let found, let expected):
      ".npy with \(found); expected \(expected)"
    case .invalidBool(let offset, let found):
      ".npy Boolean at offset \(offset) is \(found); expected 0 or 1"
    }
  }
}
