/// Bounds that every number is brought into before it is stored: what ReLU and its like come down to.
struct Limits: Equatable, Sendable {
  var lower: Float
  var upper: Float

  static let none = Limits(lower: -.infinity, upper: .infinity)
}

/// An activation that is nothing but bounds; convolutions take it over.
protocol LimitingLayer: PointwiseLayer {
  var limits: Limits { get }
}
