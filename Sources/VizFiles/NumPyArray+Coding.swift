// The bytes of a `.npy` file ⇄ the array.

extension NumPyArray {
  /// The array of a whole file.
  public init(npy bytes: [UInt8]) throws(NumPyError) {
    var reader = ByteReader(bytes)
    let header = try NumPyHeader(&reader)
    let start = reader.offset
    shape = header.shape
    let decoder = ElementDecoder(header: header, bytes: bytes, start: start)
    try decoder.checkLength()
    elements =
      switch header.typeCode {
      case "b1": .bool(try decoder.bools())
      case "u1": .uint8(decoder.integers())
      case "u2": .uint16(decoder.integers())
      case "i2": .int16(decoder.integers())
      case "i1": .int16(decoder.integers().map { Int16(Int8(bitPattern: $0)) })
      case "i4": .int32(decoder.integers())
      case "u4": .int64(decoder.integers().map { (value: UInt32) in Int64(value) })
      case "i8": .int64(decoder.integers())
      case "f2": .float(decoder.integers().map { Float(Float16(bitPattern: $0)) })
      case "f4": .float(decoder.integers().map(Float.init(bitPattern:)))
      default: .double(decoder.integers().map(Double.init(bitPattern:)))
      }
  }

  /// The file: version 1, little endian, C order.
  public var npy: [UInt8] {
    switch elements {
    case .bool(let values): encode("b1", values.map { $0 ? 1 : 0 } as [UInt8])
    case .uint8(let values): encode("u1", values)
    case .uint16(let values): encode("u2", values)
    case .int16(let values): encode("i2", values)
    case .int32(let values): encode("i4", values)
    case .int64(let values): encode("i8", values)
    case .float(let values): encode("f4", values.map(\.bitPattern))
    case .double(let values): encode("f8", values.map(\.bitPattern))
    }
  }

  private func encode<T: FixedWidthInteger & BitwiseCopyable>(
    _ typeCode: String, _ values: [T]
  ) -> [UInt8] {
    var bytes = NumPyHeader(typeCode: typeCode, shape: shape).encoded
    bytes.reserveCapacity(bytes.count + values.count * MemoryLayout<T>.size)
    unsafe values.map(\.littleEndian).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    return bytes
  }
}

/// The elements behind a header, brought into the machine's byte order and into C order.
private struct ElementDecoder {
  let header: NumPyHeader
  let bytes: [UInt8]
  let start: Int

  /// Whether there are as many bytes as the shape says, before memory is taken for them.
  func checkLength() throws(NumPyError) {
    // Type codes end with the size; the parser has checked that 8 bytes each do not overflow.
    let size = header.typeCode.last?.wholeNumberValue ?? 1
    let (expected, found) = (header.count * size, bytes.count - start)
    if found < expected {
      throw .wrongLength(.truncated(offset: start, expected: expected, found: found))
    }
    if found > expected {
      throw .wrongLength(.trailing(offset: start + expected, count: found - expected))
    }
  }

  func integers<T: FixedWidthInteger & BitwiseCopyable>() -> [T] {
    let stored = [T](capacity: header.count) { room in
      unsafe bytes.withUnsafeBytes { source in
        for i in 0..<header.count {
          let offset = start + i * MemoryLayout<T>.size
          let value = unsafe source.loadUnaligned(fromByteOffset: offset, as: T.self)
          room.append(header.isBigEndian ? T(bigEndian: value) : T(littleEndian: value))
        }
      }
    }
    return header.isFortranOrder ? rowMajor(stored) : stored
  }

  func bools() throws(NumPyError) -> [Bool] {
    let values: [UInt8] = integers()
    if let wrong = values.firstIndex(where: { $0 > 1 }) {
      throw .invalidBool(offset: start + wrong, found: values[wrong])
    }
    return values.map { $0 == 1 }
  }

  /// Elements stored with the first dimension fastest, brought to the last one fastest.
  private func rowMajor<T>(_ stored: [T]) -> [T] {
    // However long the other dimensions are.
    if stored.isEmpty { return [] }
    let steps = header.shape.reduce(into: [1]) { $0.append($0[$0.count - 1] * $1) }
    var place = [Int](repeating: 0, count: header.shape.count)
    var source = 0
    return stored.indices.map { _ in
      let value = stored[source]
      // The next place counts like an odometer, the last dimension first.
      for axis in place.indices.reversed() {
        place[axis] += 1
        source += steps[axis]
        if place[axis] < header.shape[axis] { break }
        source -= steps[axis + 1]
        place[axis] = 0
      }
      return value
    }
  }
}
