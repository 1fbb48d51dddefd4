internal import FoundationEssentials
internal import SwiftProtobuf
internal import VizNN

/// The tensors of an ONNX file, in each of the encodings that the format has for them.
///
/// - Source: onnx.proto of the ONNX specification, message TensorProto.
struct ONNXTensorReader {
  /// Opens a file that weights lie in, by its path relative to the model's folder.
  typealias ExternalFile = (String) throws(CheckpointError) -> ByteRegion

  let externalFile: ExternalFile?

  /// Elements of all constants that do not stand in the file as bytes.
  static let mostElements = 1 << 28

  private static let types: [Int32: ElementType] = [
    1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool,
    10: .float16, 11: .float64, 12: .uint32, 13: .uint64, 16: .bfloat16,
  ]

  /// The tensor of a message, whose bytes are elsewhere where `ONNXWeightBytes` has detached them.
  func constant(
    _ proto: ONNXTensorProto, bytes: ByteRegion? = nil
  ) throws(CheckpointError) -> ONNXConstant {
    let part = "tensor '\(proto.name)'"
    guard let type = Self.types[proto.dataType] else {
      throw .unsupported(
        part: part, found: "elements of type \(proto.dataType)",
        expected: "numbers or truth values")
    }
    let shape = proto.dims.map { Int(clamping: $0) }
    guard let count = ShapeArithmetic.elementCount(shape) else {
      throw .corrupt(
        part: part, offset: nil, expected: "a shape that fits into memory", found: "\(shape)")
    }
    if proto.dataLocation == 1 {
      let region = try external(proto, byteCount: count * type.byteCount)
      return try decode(region, type, shape, count, part)
    }
    if let bytes { return try decode(bytes, type, shape, count, part) }
    if !proto.rawData.isEmpty || count == 0 {
      return try decode(ByteRegion([UInt8](proto.rawData)), type, shape, count, part)
    }
    return try typed(proto, type, shape, count, part)
  }

  private func decode(
    _ region: ByteRegion, _ type: ElementType, _ shape: [Int], _ count: Int, _ part: String
  ) throws(CheckpointError) -> ONNXConstant {
    guard region.count == count * type.byteCount else {
      throw .corrupt(
        part: part, offset: nil, expected: "\(count * type.byteCount) bytes for \(shape)",
        found: "\(region.count)")
    }
    let stored = StoredTensor(name: part, type: type, shape: shape, region: region)
    if let ints = stored.ints { return ONNXConstant(shape: shape, .ints(ints)) }
    return ONNXConstant(stored)
  }

  /// Numbers in the fields that each stand for several types.
  private func typed(
    _ proto: ONNXTensorProto, _ type: ElementType, _ shape: [Int], _ count: Int, _ part: String
  ) throws(CheckpointError) -> ONNXConstant {
    let elements: ONNXConstant.Elements =
      switch type {
      case .float32: .floats(proto.floatData)
      case .float64: .floats(proto.doubleData.map(Float.init))
      case .float16:
        .floats(proto.int32Data.map { HalfPrecision.float(UInt16(truncatingIfNeeded: $0)) })
      case .bfloat16:
        .floats(
          proto.int32Data.map {
            Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16)
          })
      case .int64: .ints(proto.int64Data.map { Int($0) })
      case .uint64, .uint32: .ints(proto.uint64Data.map { Int(clamping: $0) })
      case .bool: .ints(proto.int32Data.map { $0 == 0 ? 0 : 1 })
      default: .ints(proto.int32Data.map(Int.init))
      }
    let constant = ONNXConstant(shape: shape, elements)
    let found = constant.ints?.count ?? constant.floats.count
    guard found == count else {
      throw .corrupt(
        part: part, offset: nil, expected: "\(count) elements for \(shape)", found: "\(found)")
    }
    return constant
  }

  private func external(
    _ proto: ONNXTensorProto, byteCount: Int
  ) throws(CheckpointError) -> ByteRegion {
    let part = "tensor '\(proto.name)'"
    let entries = Dictionary(
      proto.externalData.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    guard let location = entries["location"] else {
      throw .corrupt(
        part: part, offset: nil, expected: "the location of its file", found: "none")
    }
    // Below the model's own folder: a model must not name any file of the machine.
    let folders = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.hasPrefix("/"), !folders.contains(".."),
      !location.utf8.contains(0)
    else {
      throw .corrupt(
        part: part, offset: nil, expected: "a file in the model's folder", found: "'\(location)'")
    }
    guard let externalFile else {
      throw .unsupported(
        part: part, found: "its numbers in another file, '\(location)'",
        expected: "a model that is read from a folder")
    }
    let region = try externalFile(location)
    let start = entries["offset"].map { Int($0) } ?? 0
    let length = entries["length"].map { Int($0) } ?? byteCount
    guard let start, let length, start >= 0, length == byteCount else {
      throw .corrupt(
        part: part, offset: nil, expected: "an offset and a length of \(byteCount)",
        found: "'\(entries["offset"] ?? "")' and '\(entries["length"] ?? "")'")
    }
    guard start <= region.count, length <= region.count - start else {
      throw .truncated(
        part: "'\(location)' for \(part)", offset: start, expected: length,
        found: max(0, region.count - start))
    }
    return region.part(start..<start + length)
  }

  /// Zeros, but for some elements.
  func constant(_ proto: ONNXSparseTensorProto) throws(CheckpointError) -> ONNXConstant {
    let part = "sparse tensor '\(proto.values.name)'"
    let values = try constant(proto.values)
    let indices = try constant(proto.indices)
    let shape = proto.dims.map { Int(clamping: $0) }
    guard let count = ShapeArithmetic.elementCount(shape), count <= Self.mostElements,
      let places = indices.ints, values.shape.count == 1
    else {
      throw .corrupt(
        part: part, offset: nil, expected: "a shape, values and whole indices", found: "\(shape)")
    }
    var floats = [Float](repeating: 0, count: count)
    let strides = ShapeArithmetic.rowMajorStrides(shape)
    let rank = indices.shape.count == 2 ? shape.count : 1
    guard places.count == values.count * rank else {
      throw .corrupt(
        part: part, offset: nil, expected: "\(values.count) indices", found: "\(places.count)")
    }
    for (i, value) in values.floats.enumerated() {
      let index = Array(places[i * rank..<(i + 1) * rank])
      let isInside =
        rank == 1 && indices.shape.count != 2
        ? 0..<count ~= index[0] : zip(index, shape).allSatisfy { 0..<$1 ~= $0 }
      guard isInside else {
        throw .corrupt(
          part: part, offset: nil, expected: "indices within \(shape)", found: "\(index)")
      }
      let place =
        indices.shape.count == 2 ? zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } : index[0]
      floats[place] = value
    }
    return ONNXConstant(shape: shape, .floats(floats))
  }
}
