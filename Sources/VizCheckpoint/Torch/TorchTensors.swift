/// Where the numbers of a PyTorch file lie, by the keys that its pickle uses.
protocol TorchStorages {
  /// All bytes stored under `key`.
  func bytes(of key: String) throws(CheckpointError) -> ByteRegion
}

/// Makes tensors of what a pickle describes.
struct TorchTensors {
  let pickle: Pickle
  let storages: any TorchStorages

  /// The tensor at `reference`; nil where there is something else.
  func tensor(
    _ reference: Pickle.Reference, name: String
  ) throws(CheckpointError) -> StoredTensor? {
    // A parameter may wrap a tensor that has attributes: a few levels, not a chain of them.
    try tensor(reference, name: name, depth: 0)
  }

  private func tensor(
    _ reference: Pickle.Reference, name: String, depth: Int
  ) throws(CheckpointError) -> StoredTensor? {
    guard depth < 8, let object = pickle.object(reference) else { return nil }
    let arguments = object.arguments
    switch object.constructor {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3":
      return try rebuild(object, name: name)
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
      "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.Tensor":
      guard let data = arguments.first else { return nil }
      return try tensor(data, name: name, depth: depth + 1)
    case "torch._tensor._rebuild_from_type_v2":
      guard arguments.count >= 3, let function = pickle.global(arguments[0]),
        AllowedConstructors.tensors.contains(function),
        let inner = pickle.sequence(arguments[2])
      else { throw wrong(name, "a function that builds a tensor", "another value") }
      return try rebuild(Pickle.Object(constructor: function, arguments: inner), name: name)
    default: return nil
    }
  }

  /// `(storage, offset, size, stride, …)`; version 3 names the type of the elements behind these.
  private func rebuild(
    _ object: Pickle.Object, name: String
  ) throws(CheckpointError) -> StoredTensor {
    let arguments = object.arguments
    guard arguments.count >= 4, case .persistent(let identifier) = pickle[arguments[0]],
      let offset = pickle.int(arguments[1]), let shape = pickle.ints(arguments[2]),
      let strides = pickle.ints(arguments[3])
    else { throw wrong(name, "a storage, an offset, a size and strides", "other values") }
    let type = object.constructor.hasSuffix("v3") && arguments.count >= 7 ? arguments[6] : nil
    let storage = try storage(identifier, elements: type, name: name)
    guard let count = ShapeArithmetic.elementCount(shape), shape.count == strides.count,
      let last = Self.lastElement(offset: offset, shape: shape, strides: strides)
    else { throw wrong(name, "a size and strides that fit into memory", "\(shape), \(strides)") }
    let available = storage.region.count / storage.type.byteCount
    guard count == 0 || last < available else {
      throw wrong(name, "elements within its storage of \(available)", "element \(last)")
    }
    let size = storage.type.byteCount
    let region =
      count == 0
      ? storage.region.part(0..<0)
      : storage.region.part(offset * size..<(last + 1) * size)
    return StoredTensor(
      name: name, type: storage.type, shape: shape, strides: strides, region: region)
  }

  /// The place of the last element; nil where a number is negative or overflows.
  private static func lastElement(offset: Int, shape: [Int], strides: [Int]) -> Int? {
    guard offset >= 0 else { return nil }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (distance, overflows) = max(length - 1, 0).multipliedReportingOverflow(by: stride)
      let (sum, overflowsToo) = last.addingReportingOverflow(distance)
      guard stride >= 0, !overflows, !overflowsToo, sum <= 1 << 48 else { return nil }
      last = sum
    }
    return last
  }

  /// `('storage', class, key, device, element count)`, before 0.4 with the part that is viewed.
  private func storage(
    _ identifier: Pickle.Reference, elements: Pickle.Reference?, name: String
  ) throws(CheckpointError) -> (type: ElementType, region: ByteRegion) {
    guard let parts = pickle.sequence(identifier), parts.count >= 5,
      pickle.string(parts[0]) == "storage", let className = pickle.global(parts[1]),
      let key = pickle.string(parts[2]), let count = pickle.int(parts[4]), count >= 0
    else { throw wrong(name, "a storage", "another reference") }
    let type = try elementType(className, elements: elements, name: name)
    let isUntyped = AllowedConstructors.untypedStorages.contains(className)
    let region = try storages.bytes(of: key)
    let size = isUntyped ? 1 : type.byteCount
    guard count <= region.count / size else {
      throw .truncated(
        part: "storage '\(key)' of tensor '\(name)'", offset: region.offset,
        expected: count.multipliedReportingOverflow(by: size).partialValue, found: region.count)
    }
    guard parts.count >= 6, let view = pickle.sequence(parts[5]), view.count == 3 else {
      return (type, region.part(0..<count * size))
    }
    guard let start = pickle.int(view[1]), let length = pickle.int(view[2]), start >= 0,
      length >= 0, start <= count, length <= count - start
    else { throw wrong(name, "a view within its storage", "other numbers") }
    return (type, region.part(start * size..<(start + length) * size))
  }

  private func elementType(
    _ className: String, elements: Pickle.Reference?, name: String
  ) throws(CheckpointError) -> ElementType {
    if let type = AllowedConstructors.storages[className] { return type }
    if let elements, let type = pickle.global(elements).flatMap({ AllowedConstructors.types[$0] }) {
      return type
    }
    throw .unsupported(
      part: "tensor '\(name)'", found: "a storage of class \(className)",
      expected: "one of " + AllowedConstructors.storages.keys.sorted().joined(separator: " "))
  }

  func wrong(
    _ name: String, _ expected: String, _ found: String
  ) -> CheckpointError {
    .corrupt(part: "tensor '\(name)'", offset: nil, expected: expected, found: found)
  }
}
