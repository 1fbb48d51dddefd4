/// Numbers that look random and are the same in every run: for timings, where only shapes matter.
public struct Noise: Sendable {
  private var state: UInt32 = 1

  public init() {}

  /// Numbers of `middle` − `reach` to `middle` + `reach`.
  public mutating func tensor(_ shape: Shape, middle: Float = 0, reach: Float = 1) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return middle + reach * (Float(state >> 8) * 0x1p-23 - 1)
      })
  }
}

extension Network {
  /// A network with parameters of noise, which keep numbers at their size from layer to layer.
  public init(ofNoise architecture: Architecture) throws(NetworkError) {
    var noise = Noise()
    var parameters: [String: Tensor] = [:]
    for parameter in architecture.parameterShapes {
      let (name, shape) = (parameter.name, parameter.shape)
      let last = name.split(separator: ".").last ?? ""
      let isFilter = shape.rank > 1
      let fanIn = shape.dimensions.dropFirst().reduce(1, *)
      let reach = isFilter ? (6 / Float(fanIn)).squareRoot() : 0.2
      let middle: Float = !isFilter && (last == "weight" || last == "running_var") ? 1 : 0
      parameters[name] = noise.tensor(shape, middle: middle, reach: reach)
    }
    try self.init(architecture, parameters: parameters)
  }
}
