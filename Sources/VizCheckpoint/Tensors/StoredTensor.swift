/// A named tensor of a file, whose numbers are fetched when they are asked for.
package struct StoredTensor: Sendable {
  package var name: String
  package let type: ElementType
  package let shape: [Int]
  /// Distances between neighbours, counted in elements.
  package let strides: [Int]
  /// The stored bytes, from the tensor's first element on.
  package let region: ByteRegion

  /// A tensor in row-major order that fills its region.
  package init(name: String, type: ElementType, shape: [Int], region: ByteRegion) {
    self.init(
      name: name, type: type, shape: shape, strides: ShapeArithmetic.rowMajorStrides(shape),
      region: region)
  }

  /// A view of a region with strides of its own.
  package init(name: String, type: ElementType, shape: [Int], strides: [Int], region: ByteRegion) {
    precondition(shape.count == strides.count, "shape \(shape), strides \(strides)")
    self.name = name
    self.type = type
    self.shape = shape
    self.strides = strides
    self.region = region
    precondition(
      extent * type.byteCount <= region.count,
      "\(name): \(extent) elements in \(region.count) bytes")
  }

  package var elementCount: Int { shape.reduce(1, *) }

  /// Whether the elements lie one behind the other in row-major order.
  package var isContiguous: Bool {
    elementCount == 0
      || zip(shape, zip(strides, ShapeArithmetic.rowMajorStrides(shape)))
        .allSatisfy { $0 == 1 || $1.0 == $1.1 }
  }

  /// Elements from the first to the last one used.
  private var extent: Int {
    elementCount == 0 ? 0 : zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
  }
}

// MARK: - Numbers

extension StoredTensor {
  /// All elements in row-major order, rounded to Float32 where they are wider.
  package var floats: [Float] {
    let count = elementCount
    guard count > 0 else { return [] }  // other lengths may be any, and are not walked through
    let run = longestRun
    return region.withBytes { bytes in
      [Float](capacity: count) { room in
        unsafe bytes.withUnsafeBytes { bytes in
          for start in RunStarts(shape: shape[..<run.axis], strides: strides[..<run.axis]) {
            unsafe decode(bytes, at: start, count: run.count, stride: run.stride, into: &room)
          }
        }
      }
    }
  }

  /// The elements of the dimensions from `axis` on, which lie at one distance from each other.
  private var longestRun: (axis: Int, count: Int, stride: Int) {
    var (axis, count, stride) = (shape.count, 1, 1)
    while axis > 0, shape[axis - 1] == 1 || count == 1 || strides[axis - 1] == stride * count {
      axis -= 1
      if shape[axis] != 1 {
        if count == 1 { stride = strides[axis] }
        count *= shape[axis]
      }
    }
    return (axis, count, stride)
  }

  private func decode(
    _ bytes: UnsafeRawBufferPointer, at start: Int, count: Int, stride: Int,
    into room: inout OutputSpan<Float>
  ) {
    func each<Stored: BitwiseCopyable>(_: Stored.Type, _ convert: (Stored) -> Float) {
      for i in 0..<count {
        room.append(unsafe convert(load(bytes, start + i * stride)))
      }
    }
    switch type {
    case .float64: each(UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    case .float32: each(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .float16: each(UInt16.self) { HalfPrecision.float(UInt16(littleEndian: $0)) }
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    case .int64: each(Int64.self) { Float(Int64(littleEndian: $0)) }
    case .int32: each(Int32.self) { Float(Int32(littleEndian: $0)) }
    case .int16: each(Int16.self) { Float(Int16(littleEndian: $0)) }
    case .int8: each(Int8.self) { Float($0) }
    case .uint64: each(UInt64.self) { Float(UInt64(littleEndian: $0)) }
    case .uint32: each(UInt32.self) { Float(UInt32(littleEndian: $0)) }
    case .uint16: each(UInt16.self) { Float(UInt16(littleEndian: $0)) }
    case .uint8: each(UInt8.self) { Float($0) }
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  private func load<Stored: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ element: Int
  ) -> Stored {
    unsafe bytes.loadUnaligned(
      fromByteOffset: element * MemoryLayout<Stored>.size, as: Stored.self)
  }

  /// All elements exactly, where they are whole numbers or truth values in row-major order; nil else.
  package var ints: [Int]? {
    guard isContiguous else { return nil }
    return region.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe ints($0) } }
  }

  private func ints(_ bytes: UnsafeRawBufferPointer) -> [Int]? {
    let places = 0..<elementCount
    return switch type {
    case .int64: places.map { unsafe Int(Int64(littleEndian: load(bytes, $0))) }
    case .int32: places.map { unsafe Int(Int32(littleEndian: load(bytes, $0))) }
    case .int16: places.map { unsafe Int(Int16(littleEndian: load(bytes, $0))) }
    case .int8: places.map { unsafe Int(load(bytes, $0) as Int8) }
    case .uint64: places.map { unsafe Int(clamping: UInt64(littleEndian: load(bytes, $0))) }
    case .uint32: places.map { unsafe Int(UInt32(littleEndian: load(bytes, $0))) }
    case .uint16: places.map { unsafe Int(UInt16(littleEndian: load(bytes, $0))) }
    case .uint8: places.map { unsafe Int(load(bytes, $0) as UInt8) }
    case .bool: places.map { unsafe load(bytes, $0) as UInt8 == 0 ? 0 : 1 }
    case .float64, .float32, .float16, .bfloat16: nil
    }
  }
}

/// Where runs start: the offsets of all indices of the outer dimensions, last one fastest.
struct RunStarts: Sequence, IteratorProtocol {
  private let shape: [Int]
  private let strides: [Int]
  private var index: [Int]
  private var start: Int? = 0

  init(shape: ArraySlice<Int>, strides: ArraySlice<Int>) {
    self.shape = Array(shape)
    self.strides = Array(strides)
    index = [Int](repeating: 0, count: shape.count)
  }

  mutating func next() -> Int? {
    guard let current = start else { return nil }
    var following = current
    start = nil
    for axis in index.indices.reversed() {
      index[axis] += 1
      following += strides[axis]
      if index[axis] < shape[axis] {
        start = following
        break
      }
      following -= strides[axis] * shape[axis]
      index[axis] = 0
    }
    return current
  }
}

/// IEEE 754 binary16 in integer arithmetic, which needs no instruction beyond the baseline.
enum HalfPrecision {
  /// The exact value.
  static func float(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF) << 13
    // Exponents are 112 apart; multiplying brings subnormal numbers into place, too.
    let finite = Float(bitPattern: magnitude) * 0x1p112
    let isFinite = magnitude < 0x7C00 << 13
    let value = isFinite ? finite.bitPattern : magnitude | 0x7F80_0000
    return Float(bitPattern: value | sign)
  }
}
