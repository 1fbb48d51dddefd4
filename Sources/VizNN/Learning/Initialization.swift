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

  fileprivate func draw(
    fanIn: Double, fanOut: Double, _ generator: inout SeededGenerator
  ) -> Float {
    switch self {
    case .kaimingUniform(let slope):
      generator.even(Float((6 / ((1 + slope * slope) * fanIn)).squareRoot()))
    case .kaimingNormal: Float((2 / fanIn).squareRoot()) * generator.normal()
    case .xavierUniform: generator.even(Float((6 / (fanIn + fanOut)).squareRoot()))
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
        let values = (0..<parameter.shape.count).map { _ -> Float in
          if let start = parameter.start { return start }
          guard let weight else { preconditionFailure("no weights for \(parameter.name)") }
          let fanIn = Double(max(weight.shape.count(of: 1..<weight.shape.rank), 1))
          if parameter.name == "bias" { return generator.even(Float(1 / fanIn.squareRoot())) }
          let receptive = weight.shape.count(of: 2..<weight.shape.rank)
          return initialization.draw(
            fanIn: fanIn, fanOut: Double(weight.shape[0] * receptive), &generator)
        }
        parameters[node.parameterName(parameter.name)] = Tensor(
          shape: parameter.shape, values: values)
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
    Tensor(shape: shape, values: (0..<shape.count).map { _ in even(1) })
  }

  /// A number of −limit ≤ x < limit.
  mutating func even(_ limit: Float) -> Float { (2 * unit() - 1) * limit }

  /// A number of the normal distribution, by Box and Muller's way.
  mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(unit()))).squareRoot()
    return Float(radius * cos(2 * .pi * Double(unit())))
  }
}
