package import VizNN

extension StoredTensor {
  /// The numbers as a tensor of the engine, which shares the file's memory where it can.
  ///
  /// It can where the file is mapped, the numbers are Float32 in row-major order, and they begin at a
  /// multiple of four bytes: weights of gigabytes are not copied.
  package var tensor: Tensor {
    let shape = Shape(shape)
    if let shared = shared(shape) { return shared }
    let tensor = copied(shape) ?? Tensor(shape: shape, values: floats)
    region.rest()
    return tensor
  }

  /// A copy of bytes that are as the engine has them.
  private func copied(_ shape: Shape) -> Tensor? {
    guard type == .float32, isContiguous, Self.isLittleEndian else { return nil }
    return region.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe Tensor(shape: shape, copying: $0) }
    }
  }

  private func shared(_ shape: Shape) -> Tensor? {
    guard type == .float32, isContiguous, region.isMapped, shape.count > 0, Self.isLittleEndian
    else { return nil }
    return region.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress, Int(bitPattern: start) % 4 == 0 else {
          return nil
        }
        return unsafe Tensor(shape: shape, start: start, owner: region, rest: region.rest)
      }
    }
  }

  private static var isLittleEndian: Bool { 1.littleEndian == 1 }
}
