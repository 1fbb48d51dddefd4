internal import VizKernels

/// How far a sample counts at a place that lies `x` from it, up to 2.
///
///     (a + 2)·|x|³ − (a + 3)·|x|² + 1            where |x| ≤ 1
///     a·|x|³ − 5a·|x|² + 8a·|x| − 4a             where |x| < 2
///
/// - Source: Keys 1981, "Cubic convolution interpolation for digital image processing".
public struct CubicCurve: Equatable, Sendable {
  /// a, the slope at 1.
  public let coefficient: Float
  /// Whether samples outside the image do not count; else they are the outermost ones.
  public let excludesOutside: Bool

  public init(coefficient: Float, excludesOutside: Bool = false) {
    self.coefficient = coefficient
    self.excludesOutside = excludesOutside
  }

  public static let pytorch = CubicCurve(coefficient: -0.75)

  init(
    _ arguments: LayerArguments, coefficient: String, excludesOutside: String
  ) throws(LayerError) {
    self.init(
      coefficient: try arguments.float(coefficient, default: -0.75),
      excludesOutside: try arguments.bool(excludesOutside, default: false))
  }

  /// The weights of the samples at −1, 0, 1 and 2 for a place between 0 and 1.
  func weights(_ place: Float) -> [Float] {
    let a = coefficient
    return [place + 1, place, 1 - place, 2 - place].map { x in
      x <= 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1
        : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    }
  }
}

extension ResizeAxis {
  /// What every sample of the output mixes, four of the input.
  func mixing(_ curve: CubicCurve) -> AxisMixing {
    var (taken, weights): ([Int], [Float]) = ([], [])
    for place in places {
      let first = place.rounded(.down)
      let four = (0..<4).map { Int(first) - 1 + $0 }
      var own = curve.weights(place - first)
      if curve.excludesOutside {
        for i in 0..<4 where !(0..<length ~= four[i]) { own[i] = 0 }
        let sum = own.reduce(0, +)
        own = own.map { $0 / sum }
      }
      taken += four.map { min(max($0, 0), length - 1) }
      weights += own
    }
    return AxisMixing(length: length, taps: 4, places: taken, weights: weights)
  }

  /// What every sample of the output takes of each of the input: a row of weights.
  func matrix(_ mode: Upsample.Mode, _ curve: CubicCurve) -> Tensor {
    var rows = [Float](repeating: 0, count: outputLength * length)
    if mode == .bicubic {
      let mixing = mixing(curve)
      for (i, place) in mixing.places.enumerated() {
        rows[i / mixing.taps * length + place] += mixing.weights[i]
      }
    } else {
      let taken = resampling(mode == .bilinear)
      for i in 0..<outputLength {
        rows[i * length + taken.first[i]] += 1 - taken.weight[i]
        rows[i * length + taken.second[i]] += taken.weight[i]
      }
    }
    return Tensor(shape: [outputLength, length], values: rows)
  }
}

extension Tensor {
  /// One dimension mixed.
  func mixed(_ mixing: AxisMixing, dimension i: Int, _ context: ForwardContext) -> Tensor {
    let output = context.tensor(shape.replacing(i, with: mixing.outputLength))
    unsafe mixing.run(
      outer: shape.count(of: 0..<i), inner: shape.count(of: i + 1..<shape.rank), input: start,
      output: output.mutableStart, execution: context.execution)
    return output
  }
}
