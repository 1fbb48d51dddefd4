import Testing
import VizNN
import VizReference
import VizTestSupport

/// A case of the scalar reference, whose slopes are central differences in Float64.
private struct DifferenceCase {
  let example: ReferenceCase
  let layer: any Layer
  let parameters: [String: Tensor]
  let weights: [Tensor]

  init(_ example: ReferenceCase) throws {
    self.example = example
    let layer = try example.layer()
    self.layer = layer
    parameters = example.parameters(of: layer)
    var random = SplitMix64(seed: 4)
    let shapes = try layer.outputShapes(example.inputs.map(\.shape))
    // A place among samples, as MaxPool2d tells it, has no slope.
    weights = shapes.enumerated().map { i, shape in
      layer is MaxPool2d && i == 1 ? Tensor(repeating: 0, shape: shape) : random.tensor(shape)
    }
  }

  /// Σ outputs · weights of the definition, with one number moved.
  func loss(_ target: String, _ place: Int, by step: Double) -> Double {
    var inputs = example.inputs.map(ReferenceArray.init)
    var own = parameters.mapValues(ReferenceArray.init)
    func moved(_ array: ReferenceArray) -> ReferenceArray {
      var values = array.values
      values[place] += step
      return ReferenceArray(shape: array.shape, values: values)
    }
    if target.hasPrefix("x"), let i = Int(target.dropFirst()) {
      inputs[i] = moved(inputs[i])
    } else {
      own[target] = own[target].map(moved)
    }
    var sum = 0.0
    for (output, weights) in zip(example.judge(inputs, own), weights) {
      for (value, weight) in zip(output.values, weights.values) where weight != 0 {
        sum += value * Double(weight)
      }
    }
    return sum
  }

  /// NaN where there is a corner; nil where the definition gives no number, as a power of a negative one.
  func slope(_ target: String, _ place: Int) -> Double? {
    let step = 1e-5
    let (below, at, above) = (
      loss(target, place, by: -step), loss(target, place, by: 0), loss(target, place, by: step)
    )
    let (left, right) = ((at - below) / step, (above - at) / step)
    guard left.isFinite, right.isFinite else { return nil }
    guard abs(left - right) < 1e-2 * max(1, abs(left)) else { return .nan }
    return (above - below) / (2 * step)
  }

  /// Formulas break at the numbers that some cases are made of.
  var isTame: Bool {
    example.inputs.allSatisfy { $0.values.allSatisfy { $0.isFinite && abs($0) < 30 } }
  }
}

@Suite("Gradients against differences of the scalar reference")
struct DifferenceTests {
  /// Numbers of a tensor that are looked at.
  private static let most = 10

  @Test(
    "a layer's way back is the slope of its definition, on every instruction set",
    arguments: LayerRegistry.all.map(\.name))
  func equalsDifferences(_ type: String) throws {
    var (checked, corners) = (0, 0)
    for example in ReferenceCase.all where example.type == type {
      let sample = try DifferenceCase(example)
      guard sample.isTame else { continue }
      let one = try OneLayer(sample.layer, example.inputs, sample.parameters)
      for context in ForwardContext.usable {
        let found = try one.gradients(weights: sample.weights, context: context)
        let learned = sample.layer.parameterShapes.filter(\.isLearned).map(\.name)
        let targets = one.inputs.keys.sorted() + learned
        #expect(Set(found.keys) == Set(targets), "\(example.testDescription)")
        for target in targets {
          let gradient = try #require(found[target])
          let shape = one.inputs[target]?.shape ?? sample.parameters[target]?.shape
          #expect(gradient.shape == shape, "\(example.testDescription): \(target)")
          let values = gradient.values
          let largest = values.reduce(1) { max($0, abs(Double($1))) }
          let step = max(1, values.count / Self.most)
          for place in stride(from: 0, to: values.count, by: step) {
            guard let slope = sample.slope(target, place) else { continue }
            if slope.isNaN {
              corners += 1
              continue
            }
            checked += 1
            // Sums of up to a few hundred products in Float32, a rounding of 2⁻²⁴ each, behind formulas
            // of some roundings; what the difference itself is off by is less than 1e-8.
            #expect(
              abs(Double(values[place]) - slope) <= 2e-5 * largest,
              """
              \(example.testDescription), \(context.name): \(target)[\(place)] is \
              \(values[place]) instead of \(slope)
              """)
          }
        }
      }
    }
    #expect(checked > 0, "nothing to compare with")
    // Comparisons and choices are tried where numbers are equal.
    let most = ["Compare", "Where"].contains(type) ? checked : checked / 4
    #expect(corners <= most, "\(corners) corners beside \(checked) slopes")
  }
}
