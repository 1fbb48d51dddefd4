/// Bounds that every number is brought into before it is stored: what ReLU and its like come down to.
struct Limits: Equatable, Sendable {
  var lower: Float
  var upper: Float

  static let none = Limits(lower: -.infinity, upper: .infinity)
}

/// An activation that is nothing but bounds; the layer before it may take it over.
protocol LimitingLayer: PointwiseLayer {
  var limits: Limits { get }
}

/// A layer that can keep bounds as it stores numbers; fusing sets them.
protocol LimitedLayer: Layer {
  var limits: Limits { get set }
}

extension LimitedLayer {
  /// The same layer with these bounds.
  func limited(to limits: Limits) -> Self {
    var layer = self
    layer.limits = limits
    return layer
  }
}
