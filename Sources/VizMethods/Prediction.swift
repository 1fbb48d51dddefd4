public import VizNN

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a classifier says: its classes, the most probable first.
///
///     p[i] = exp(x[i]) / Σⱼ exp(x[j])
///
/// Softmax is applied unless the network ends in it; after log-softmax, p = exp(x), and after a sigmoid, or as
/// the length of a capsule, every number is a probability of its own. Equal ones stand in the order of their indices, NaN last.
public struct Prediction: Sendable {
  public struct Entry: Equatable, Sendable {
    public let index: Int
    /// The class's name; its index where names are unknown.
    public let name: String
    public let probability: Double
    /// The network's own number.
    public let score: Float
  }

  /// All classes.
  public let classes: [Entry]

  /// The most probable classes.
  public func top(_ count: Int) -> ArraySlice<Entry> { classes.prefix(Swift.max(count, 0)) }

  /// Reads the first output for one picture; nil where it is not one number for each class, as that of
  /// a network that makes pictures.
  ///
  /// Where there are fewer names than classes, indices stand for the rest.
  public init?(output: Tensor, of architecture: Architecture, classNames: [String] = []) {
    guard output.count > 0, output.shape.dimensions.count(where: { $0 > 1 }) <= 1 else {
      return nil
    }
    let scores = output.values
    let probabilities =
      switch Ending(of: architecture) {
      case .probabilities: scores.map(Double.init)
      case .logarithms: scores.map { exp(Double($0)) }
      case .scores: Self.softmax(scores)
      }
    let entries = scores.indices.map { i in
      Entry(
        index: i, name: i < classNames.count ? classNames[i] : String(i),
        probability: probabilities[i], score: scores[i])
    }
    classes = entries.sorted { a, b in
      let (p, q) = (a.probability, b.probability)
      if p.isNaN || q.isNaN { return p.isNaN == q.isNaN ? a.index < b.index : q.isNaN }
      return p == q ? a.index < b.index : p > q
    }
  }

  /// NaN stays NaN and takes nothing from the others; infinite scores share all there is.
  private static func softmax(_ scores: [Float]) -> [Double] {
    let largest = Double(scores.filter { !$0.isNaN }.max() ?? 0)
    let powers = scores.map { score in
      let x = Double(score)
      if largest.isInfinite { return x == largest ? 1 : x.isNaN ? x : 0 }
      return exp(x - largest)
    }
    let sum = powers.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
    return powers.map { $0 / sum }
  }
}

/// What the numbers are that a network's first output holds.
private enum Ending {
  case scores, probabilities, logarithms

  /// Read off the last layer that does more than move numbers.
  init(of architecture: Architecture) {
    var value = architecture.outputs.first?.value
    while let node = architecture.nodes.first(where: { $0.name == value }),
      LayerRole(node.layer) == .arrangement, node.inputs.count == 1
    {
      value = node.inputs[0]
    }
    let last = architecture.nodes.first { $0.name == value }
    switch last?.layer.typeName {
    case "Softmax", "Sigmoid", "CapsuleLength": self = .probabilities
    case "LogSoftmax": self = .logarithms
    default: self = .scores
    }
  }
}
