/// How a file stores a number, which becomes Float32.
public enum ElementType: String, CaseIterable, Sendable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8
  case uint64, uint32, uint16, uint8
  case bool

  public var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }
}

/// Products of shapes from outside.
enum ShapeArithmetic {
  /// Most dimensions of a tensor.
  static let maximumRank = 64

  /// Elements of a shape; nil where a length is negative or the bytes would not fit into memory.
  static func elementCount(_ shape: [Int]) -> Int? {
    guard shape.count <= maximumRank, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    // A length of 0 must not hide an overflow of the others.
    let product = shape.reduce((1, false)) { product, length in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: max(length, 1))
      return (value, product.1 || overflow)
    }
    guard !product.1, product.0 <= 1 << 48 else { return nil }
    return shape.contains(0) ? 0 : product.0
  }

  /// Strides of a row-major layout.
  static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for i in shape.indices.dropLast().reversed() {
      strides[i] = strides[i + 1] * max(shape[i + 1], 1)
    }
    return strides
  }
}
