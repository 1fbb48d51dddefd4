public import VizNN

extension Tensor {
  /// Tensors one after the other along their first dimension: prepared pictures as a batch.
  ///
  /// - Shapes: `[N₁, …]`, `[N₂, …]`, … become `[N₁ + N₂ + …, …]`.
  /// - Precondition: there is one, and they agree in all dimensions but the first.
  public static func stacked(_ tensors: [Tensor]) -> Tensor {
    precondition(!tensors.isEmpty, "a batch of nothing")
    let inner = tensors[0].shape.dimensions.dropFirst()
    var values: [Float] = []
    values.reserveCapacity(tensors.reduce(0) { $0 + $1.count })
    for tensor in tensors {
      precondition(
        tensor.shape.rank > 0 && tensor.shape.dimensions.dropFirst() == inner,
        "\(tensor.shape) in a batch with \(tensors[0].shape)")
      values += tensor.values
    }
    let count = tensors.reduce(0) { $0 + $1.shape[0] }
    return Tensor(shape: Shape([count] + inner), values: values)
  }
}
