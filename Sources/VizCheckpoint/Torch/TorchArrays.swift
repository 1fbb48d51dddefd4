/// Arrays of NumPy, whose numbers stand in the pickle itself.
///
///     _reconstruct(ndarray, …)                  with the state (version, shape, dtype, is_fortran, bytes)
///     _frombuffer(bytes, dtype, shape, order)   from protocol 5 on
///     dtype('f4', …)                            with the state (version, byte order, …)
///
/// - Source: `ndarray.__reduce__` and `dtype.__reduce__` of NumPy 1 and 2.
extension TorchTensors {
  private struct Parts {
    let type: Pickle.Reference
    let shape: Pickle.Reference
    let bytes: Pickle.Reference
    let isFortran: Bool
  }

  private static let elementTypes: [String: ElementType] = [
    "f8": .float64, "f4": .float32, "f2": .float16, "i8": .int64, "i4": .int32, "i2": .int16,
    "i1": .int8, "u8": .uint64, "u4": .uint32, "u2": .uint16, "u1": .uint8, "b1": .bool,
  ]

  func isArray(_ reference: Pickle.Reference) -> Bool {
    pickle.object(reference).map { AllowedConstructors.arrays.contains($0.constructor) } ?? false
  }

  /// The array at `reference`; nil where there is something else.
  func array(
    _ reference: Pickle.Reference, name: String
  ) throws(CheckpointError) -> StoredTensor? {
    guard isArray(reference), let object = pickle.object(reference) else { return nil }
    guard let parts = parts(of: object) else {
      throw wrong(name, "an array's type, shape and bytes", "other values")
    }
    let type = try elementType(of: parts.type, name: name)
    guard let shape = pickle.ints(parts.shape), let count = ShapeArithmetic.elementCount(shape),
      let bytes = bytes(at: parts.bytes)
    else { throw wrong(name, "an array's shape and bytes", "other values") }
    guard bytes.count == count * type.byteCount else {
      throw wrong(name, "\(count * type.byteCount) bytes", "\(bytes.count)")
    }
    // In Fortran's order the first dimension is the fastest.
    let strides: [Int] =
      parts.isFortran
      ? ShapeArithmetic.rowMajorStrides(shape.reversed()).reversed()
      : ShapeArithmetic.rowMajorStrides(shape)
    return StoredTensor(
      name: name, type: type, shape: shape, strides: strides, region: ByteRegion(bytes))
  }

  private func parts(of object: Pickle.Object) -> Parts? {
    if let state = object.state.flatMap(pickle.sequence) {
      guard state.count == 5, case .bool(let isFortran) = pickle[state[3]] else { return nil }
      return Parts(type: state[2], shape: state[1], bytes: state[4], isFortran: isFortran)
    }
    let arguments = object.arguments
    guard arguments.count == 4, let order = pickle.string(arguments[3]),
      order == "C" || order == "F"
    else { return nil }
    return Parts(
      type: arguments[1], shape: arguments[2], bytes: arguments[0], isFortran: order == "F")
  }

  private func bytes(at reference: Pickle.Reference) -> [UInt8]? {
    switch pickle[reference] {
    case .bytes(let bytes): bytes
    // Before protocol 3, no bytes are a call without arguments.
    case .object(let object) where object.constructor == "__builtin__.bytes": []
    default: nil
    }
  }

  private func elementType(
    of reference: Pickle.Reference, name: String
  ) throws(CheckpointError) -> ElementType {
    guard let object = pickle.object(reference), object.constructor == "numpy.dtype",
      let code = object.arguments.first.flatMap(pickle.string),
      let state = object.state.flatMap(pickle.sequence), state.count > 1,
      let order = pickle.string(state[1])
    else { throw wrong(name, "the type of an array's elements", "other values") }
    guard order != ">", let type = Self.elementTypes[code] else {
      throw .unsupported(
        part: "array '\(name)'", found: "elements of type \(order)\(code)",
        expected: "one of \(Self.elementTypes.keys.sorted().joined(separator: " ")), "
          + "least significant byte first")
    }
    return type
  }
}
