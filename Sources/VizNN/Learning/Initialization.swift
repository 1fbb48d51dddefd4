#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How weights begin.
///
/// `fanIn` is the number of products in a sum: of a weight `[O, I, …]` everything but the first length.
public enum Initialization: Equatable, Sendable {
  /// Even draws of ±√(6 / ((1 + a²) · fanIn)); a = √5, as PyTorch's layers begin, makes that ±1/√fanIn.
  ///
  /// - Source: He et al. 2015, arXiv:1502.01852.
  case kaimingUniform(slope: Double = 5.0.squareRoot())
  /// Normal draws of deviation √(2 / fanIn).
  case kaimingNormal
  /// Even draws of ±√(6 / (fanIn + fanOut)).
  ///
  /// - Source: Glorot & Bengio 2010.
  case xavierUniform

  public static let pyTorch = Initialization.kaimingUniform()

  /// What a parameter of a layer with weights of this shape begins as.
  fileprivate func values(
    of parameter: ParameterShape, weight: Shape?, _ generator: inout SeededGenerator
  ) -> [Float] {
    let count = parameter.shape.count
    if let start = parameter.start { return [Float](repeating: start, count: count) }
    guard let weight else { preconditionFailure("no weights for \(parameter.name)") }
    let fanIn = Double(max(weight.count(of: 1..<weight.rank), 1))
    if parameter.name == "bias" {
      return generator.evens(Float(1 / fanIn.squareRoot()), count: count)
    }
    switch self {
    case .kaimingUniform(let slope):
      return generator.evens(Float((6 / ((1 + slope * slope) * fanIn)).squareRoot()), count: count)
    case .kaimingNormal:
      let deviation = Float((2 / fanIn).squareRoot())
      return (0..<count).map { _ in deviation * generator.normal() }
    case .xavierUniform:
      let fanOut = Double(weight[0] * weight.count(of: 2..<weight.rank))
      return generator.evens(Float((6 / (fanIn + fanOut)).squareRoot()), count: count)
    }
  }
}

extension Architecture {
  /// Parameters to begin with, drawn node by node in PyTorch's order.
  ///
  /// Biases of weighted sums are even draws of ±1/√fanIn. What else there is begins with the number that its
  /// layer names (`ParameterShape.start`): scales with 1, shifts with 0.
  public func initialParameters(
    _ initialization: Initialization = .pyTorch, using generator: inout SeededGenerator
  ) -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for node in nodes {
      let weight = node.layer.parameterShapes.first { $0.start == nil }
      for parameter in node.layer.parameterShapes {
        parameters[node.parameterName(parameter.name)] = Tensor(
          shape: parameter.shape,
          values: initialization.values(of: parameter, weight: weight?.shape, &generator))
      }
    }
    return parameters
  }
}

extension Network {
  /// A network for timings, where only shapes matter: weights drawn so that numbers keep their size from layer to
  /// layer, the same in every run.
  public init(drawing architecture: Architecture) throws(NetworkError) {
    var generator = SeededGenerator(seed: 1)
    try self.init(
      architecture,
      parameters: architecture.initialParameters(.kaimingUniform(slope: 0), using: &generator))
  }
}

extension SeededGenerator {
  /// Even draws of −1 ≤ x < 1.
  public mutating func tensor(_ shape: Shape) -> Tensor {
    Tensor(shape: shape, values: evens(1, count: shape.count))
  }

  /// Numbers of −limit ≤ x < limit.
  mutating func evens(_ limit: Float, count: Int) -> [Float] {
    (0..<count).map { _ in (2 * unit() - 1) * limit }
  }

  /// A number of the normal distribution, by Box and Muller's way.
  mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(unit()))).squareRoot()
    return Float(radius * cos(2 * .pi * Double(unit())))
  }
}
