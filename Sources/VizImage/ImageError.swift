/// What the world can get wrong about a picture, a kernel or a filter.
///
/// A description says what was found and what was expected; the file's name is the caller's to add,
/// because bytes do not know where they came from.
public enum ImageError: Error, Equatable, Sendable {
  /// The bytes are no picture of a known format.
  case unknownFormat(found: String)
  /// The file breaks the rules of its format.
  case corrupt(format: String, detail: String)
  /// A legal file that is not supported.
  case unsupported(format: String, found: String, expected: String)
  /// A picture larger than the limits allow; nothing was allocated.
  case tooLarge(width: Int, height: Int, limit: ImageLimits)
  /// A picture that its output format cannot hold.
  case notRepresentable(format: String, detail: String)
  /// A step that cannot run on this picture under this edge mode.
  case notApplicable(String)
  /// A kernel, preset or edge mode that was written wrongly.
  case invalidKernel(KernelSyntaxError)
  case invalidFilter(String)
}

/// How large a picture may be before it is refused.
public struct ImageLimits: Sendable, Equatable {
  /// Pixels of one picture.
  public var maximumPixels: Int
  /// Pixels of one side.
  public var maximumSide: Int

  public init(maximumPixels: Int = 256_000_000, maximumSide: Int = 65_535) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
  }

  /// Throws unless a picture of this size is allowed.
  public func check(width: Int, height: Int) throws(ImageError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard width <= maximumSide, height <= maximumSide, !overflow, pixels <= maximumPixels else {
      throw .tooLarge(width: width, height: height, limit: self)
    }
  }
}

/// Where and why the text of a kernel could not be read.
public struct KernelSyntaxError: Error, Equatable, Sendable {
  public let message: String
  /// 1-based line and column of the offending place; nil where the whole text is meant.
  public let line: Int?
  public let column: Int?

  public init(_ message: String, line: Int? = nil, column: Int? = nil) {
    self.message = message
    self.line = line
    self.column = column
  }
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownFormat(let found):
      "not a picture that can be read: \(found)"
    case .corrupt(let format, let detail):
      "\(format) \(detail)"
    case .unsupported(let format, let found, let expected):
      "unsupported: \(format) with \(found); expected \(expected)"
    case .tooLarge(let width, let height, let limit) where max(width, height) > limit.maximumSide:
      "\(width)×\(height) pixels: no side may be longer than \(limit.maximumSide)"
    case .tooLarge(let width, let height, let limit):
      "\(width)×\(height) pixels are more than the limit of \(limit.maximumPixels)"
    case .notRepresentable(let format, let detail):
      "\(format) cannot hold it: \(detail)"
    case .notApplicable(let reason), .invalidFilter(let reason):
      reason
    case .invalidKernel(let error):
      error.description
    }
  }
}

extension KernelSyntaxError: CustomStringConvertible {
  public var description: String {
    guard let line, let column else { return "kernel: \(message)" }
    return "kernel, line \(line), column \(column): \(message)"
  }
}
