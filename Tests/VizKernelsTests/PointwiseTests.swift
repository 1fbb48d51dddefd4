import Foundation
import Testing
import VizKernels
import VizTestSupport

/// A function with its definition and that of its slope in Float64, written so that no digits are lost.
struct Curve: Sendable, CustomTestStringConvertible {
  let name: String
  let function: Pointwise
  /// Units of the last place that results may be off, and those without fused multiply-add.
  let units: (fused: Double, unfused: Double)
  let value: @Sendable (Double) -> Double
  let slope: @Sendable (Double) -> Double

  init(
    _ name: String, _ function: Pointwise, units: Double, unfused: Double? = nil,
    _ value: @escaping @Sendable (Double) -> Double,
    slope: @escaping @Sendable (Double) -> Double
  ) {
    (self.name, self.function) = (name, function)
    self.units = (units, unfused ?? units)
    (self.value, self.slope) = (value, slope)
  }

  var testDescription: String { name }

  static let all: [Curve] = smooth + gates + simple

  private static let smooth = [
    Curve("exp", .exp, units: 1.5, { exp($0) }, slope: { exp($0) }),
    Curve("log", .log, units: 2.5, { log($0) }, slope: { 1 / $0 }),
    Curve(
      "erf", .erf, units: 2, { erf($0) }, slope: { 2 / Double.pi.squareRoot() * exp(-$0 * $0) }),
    Curve("sin", .sin, units: 2, { sin($0) }, slope: { cos($0) }),
    Curve("cos", .cos, units: 2, { cos($0) }, slope: { -sin($0) }),
    Curve("tanh", .tanh, units: 3, { tanh($0) }, slope: { 1 / (cosh($0) * cosh($0)) }),
    Curve("sigmoid", .sigmoid, units: 3, sigmoid, slope: { sigmoid($0) * sigmoid(-$0) }),
    Curve(
      "softplus", .softplus(beta: 2, threshold: 20), units: 3,
      { 2 * $0 > 20 ? $0 : log1p(exp(2 * $0)) / 2 }, slope: { 2 * $0 > 20 ? 1 : sigmoid(2 * $0) }),
    Curve(
      "elu", .elu(alpha: 1.5), units: 2, { $0 > 0 ? $0 : 1.5 * expm1($0) },
      slope: { $0 > 0 ? 1 : 1.5 * exp($0) }),
    Curve(
      "celu", .celu(alpha: 2), units: 2, { $0 > 0 ? $0 : 2 * expm1($0 / 2) },
      slope: { $0 > 0 ? 1 : exp($0 / 2) }),
    Curve(
      "selu", .selu, units: 2,
      { 1.0507009873554804934 * ($0 > 0 ? $0 : 1.6732632423543772848 * expm1($0)) },
      slope: { 1.0507009873554804934 * ($0 > 0 ? 1 : 1.6732632423543772848 * exp($0)) }),
  ]

  private static let gates = [
    Curve(
      "silu", .silu, units: 3, { $0 * sigmoid($0) },
      slope: { sigmoid($0) * (1 + $0 * sigmoid(-$0)) }),
    Curve(
      "gelu", .gelu, units: 7, { $0 * below($0) },
      slope: { below($0) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }),
    // Roundings of an exponent of 87 count 87 times.
    Curve(
      "gelu by tanh", .geluTanh, units: 3, unfused: 170, { $0 * sigmoid(cubic($0)) },
      slope: {
        let gate = sigmoid(cubic($0))
        let steepness = (8 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * $0 * $0)
        return gate + $0 * gate * sigmoid(-cubic($0)) * steepness
      }),
    Curve(
      "mish", .mish, units: 4.5, { $0 * tanh(log1p(exp($0))) },
      slope: {
        let inner = log1p(exp($0))
        return tanh(inner) + $0 * sigmoid($0) / (cosh(inner) * cosh(inner))
      }),
  ]

  private static let simple = [
    Curve(
      "leaky", .leaky(slope: 0.1), units: 1, { $0 < 0 ? 0.1 * $0 : $0 }, slope: { $0 > 0 ? 1 : 0.1 }
    ),
    Curve(
      "clamp", .clamp(lower: -1, upper: 2), units: 0, { min(max($0, -1), 2) },
      slope: { $0 > -1 && $0 < 2 ? 1 : 0 }),
    Curve(
      "softsign", .softsign, units: 1.5, { $0 / (1 + abs($0)) },
      slope: { 1 / ((1 + abs($0)) * (1 + abs($0))) }),
    Curve("abs", .abs, units: 0, { abs($0) }, slope: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    Curve("negate", .negate, units: 0, { -$0 }, slope: { _ in -1 }),
    Curve("sqrt", .sqrt, units: 0.5, { $0.squareRoot() }, slope: { 0.5 / $0.squareRoot() }),
    Curve("reciprocal", .reciprocal, units: 0.5, { 1 / $0 }, slope: { -1 / ($0 * $0) }),
    Curve("floor", .floor, units: 0, { floor($0) }, slope: { _ in 0 }),
    Curve("ceil", .ceil, units: 0, { ceil($0) }, slope: { _ in 0 }),
    Curve("round", .round, units: 0, { rint($0) }, slope: { _ in 0 }),
    Curve("sign", .sign, units: 0, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, slope: { _ in 0 }),
  ]

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  /// The share of the normal distribution below x.
  private static func below(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
  private static func cubic(_ x: Double) -> Double {
    (8 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
  }

  func values(_ source: [Float], _ table: KernelTable, jobs: Int = 1) -> [Float] {
    guarded(source) {
      function.apply(
        $0, into: $1, count: source.count, execution: Execution(kernels: table, jobs: jobs))
    }
  }

  func slopes(_ source: [Float], _ table: KernelTable, jobs: Int = 1) -> [Float] {
    let ones = GuardedBuffer.copy(
      of: SampleBuffer([Float](repeating: 1, count: source.count)), byteCount: 4 * source.count,
      flushWith: .end)
    return guarded(source) {
      function.applyGradient(
        ones.bytes.assumingMemoryBound(to: Float.self), $0, into: $1, count: source.count,
        execution: Execution(kernels: table, jobs: jobs))
    }
  }

  private func guarded(
    _ source: [Float], _ run: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let numbers = GuardedBuffer.copy(
      of: SampleBuffer(source), byteCount: 4 * source.count, flushWith: .end)
    let out = GuardedBuffer.make(byteCount: 4 * source.count, flushWith: .end)
    run(
      numbers.bytes.assumingMemoryBound(to: Float.self),
      out.bytes.assumingMemoryBound(to: Float.self))
    return out.elements(of: Float.self, count: source.count)
  }
}

@Suite("Functions of one number")
struct PointwiseTests {
  /// Every 65,521st pattern of bits that is a number, a finer grid where the functions bend, and what overflows easily.
  private static let numbers: [Float] = {
    let patterns = stride(from: UInt32(0), through: UInt32.max - 65_521, by: 65_521)
    return patterns.map { Float(bitPattern: $0) }.filter { $0.isFinite }
      + stride(from: Float(-15), through: 15, by: 0.00173).map { $0 }
      + [-88.8, 88.8, -104, 104]
  }()

  @Test("values are as exact as they are said to be", arguments: Curve.all)
  func values(_ curve: Curve) {
    let numbers = Self.numbers.filter { curve.value(Double($0)).isFinite }
    for table in KernelTable.usable {
      let units = table.instructionSet == .baseline ? curve.units.unfused : curve.units.fused
      expect(curve.values(numbers, table), numbers, curve.value, "\(table.instructionSet)") {
        units * Double($0.ulp)
      }
    }
  }

  @Test("slopes", arguments: Curve.all)
  func slopes(_ curve: Curve) {
    let numbers = Self.numbers.filter { curve.slope(Double($0)).isFinite }
    for table in KernelTable.usable {
      // Where a slope goes through 0 its terms' roundings stay.
      expect(curve.slopes(numbers, table), numbers, curve.slope, "\(table.instructionSet)") {
        max(4 * Double($0.ulp), 0x1p-22)
      }
    }
  }

  /// Results that overflow are infinite.
  private func expect(
    _ found: [Float], _ numbers: [Float], _ exact: (Double) -> Double, _ name: String,
    _ tolerance: (Float) -> Double
  ) {
    let wrong = numbers.indices.first { i in
      let expected = exact(Double(numbers[i]))
      let rounded = Float(expected)
      if !rounded.isFinite { return found[i] != rounded }
      // A value of 3.4e38 may be rounded to infinity.
      if rounded.magnitude > 3.4e38, found[i].isInfinite { return false }
      return !(Swift.abs(Double(found[i]) - expected) <= tolerance(rounded))
    }
    guard let i = wrong else { return }
    Issue.record("\(name): f(\(numbers[i])) is \(found[i]) instead of \(exact(Double(numbers[i])))")
  }

  @Test(
    "a number's result does not depend on its place, its neighbours or threads",
    arguments: Curve.all)
  func places(_ curve: Curve) {
    var random = SplitMix64(seed: 5)
    let numbers = (0..<9000).map { _ in Float.random(in: -9...9, using: &random) }
    for table in KernelTable.usable {
      for (kind, run) in [("value", curve.values), ("slope", curve.slopes)] {
        let all = run(numbers, table, 1).map(\.bitPattern)
        #expect(run(numbers, table, 3).map(\.bitPattern) == all, "\(kind), \(table.instructionSet)")
        for count in 1...70 {
          let part = run([Float](numbers[0..<count].reversed()), table, 1).map(\.bitPattern)
          #expect(
            part == all[0..<count].reversed(), "\(kind) of \(count), \(table.instructionSet)")
        }
      }
    }
  }

  @Test("NaN stays NaN", arguments: Curve.all)
  func notANumber(_ curve: Curve) {
    for table in KernelTable.usable {
      for count in [1, 40] {
        let source = [Float](repeating: .nan, count: count)
        #expect(
          curve.values(source, table).filter { $0.isNaN }.count == count,
          "\(count), \(table.instructionSet)")
      }
    }
  }

  @Test("infinities, zeros and numbers below the normal ones")
  func extremes() throws {
    let tiny = Float.leastNonzeroMagnitude
    let numbers: [Float] = [-.infinity, .infinity, 0, -0.0, tiny, -tiny]
    let expected: [String: [Float]] = [
      "exp": [0, .infinity, 1, 1, 1, 1],
      "log": [.nan, .infinity, -.infinity, -.infinity, -103.27893, .nan],
      "erf": [-1, 1, 0, -0.0, tiny, -tiny],
      "sin": [.nan, .nan, 0, -0.0, tiny, -tiny],
      "cos": [.nan, .nan, 1, 1, 1, 1],
      "tanh": [-1, 1, 0, -0.0, tiny, -tiny],
      "sigmoid": [0, 1, 0.5, 0.5, 0.5, 0.5],
      "elu": [-1.5, .infinity, 0, -0.0, tiny, -2 * tiny],
      // Half of the smallest number has no place; minus infinity times a gate of 0 has no value.
      "silu": [.nan, .infinity, 0, -0.0, tiny, -0.0],
      "gelu": [.nan, .infinity, 0, -0.0, tiny, -0.0],
      "gelu by tanh": [.nan, .infinity, 0, -0.0, tiny, -0.0],
      "mish": [.nan, .infinity, 0, -0.0, tiny, -tiny],
    ]
    for (name, values) in expected {
      let curve = try #require(Curve.all.first { $0.name == name })
      for table in KernelTable.usable {
        for copies in [1, 4] {
          let found = curve.values((0..<copies).flatMap { _ in numbers }, table)
          for (i, value) in found.enumerated() {
            let wanted = values[i % numbers.count]
            #expect(
              value == wanted && value.sign == wanted.sign || value.isNaN && wanted.isNaN,
              "\(name) of \(numbers[i % numbers.count]) is \(value), \(table.instructionSet)")
          }
        }
      }
    }
  }

  @Test(
    "CELU's alpha may be negative: then the left side grows as the exponential does",
    arguments: [-1, -2])
  func negativeAlpha(_ alpha: Double) {
    let curve = Curve(
      "celu", .celu(alpha: Float(alpha)), units: 2, { $0 > 0 ? $0 : alpha * expm1($0 / alpha) },
      slope: { $0 > 0 ? 1 : exp($0 / alpha) })
    // Up to where the exponential is beyond Float, closely around that.
    let numbers =
      (0..<2000).map { 3 - Float($0) / 12 }
      + (0..<2000).map { Float(alpha) * (87 + Float($0) / 1000) }
    for table in KernelTable.usable {
      let name = "\(table.instructionSet)"
      expect(curve.values(numbers, table), numbers, curve.value, name) { 2 * Double($0.ulp) }
      expect(curve.slopes(numbers, table), numbers, curve.slope, name) { 2 * Double($0.ulp) }
    }
  }

  @Test(
    "no precision is lost close to 0", arguments: ["erf", "sin", "tanh", "elu", "selu", "celu"])
  func closeToZero(_ name: String) throws {
    let curve = try #require(Curve.all.first { $0.name == name })
    let numbers = (0..<2000).map { i in (i % 2 == 0 ? -1 : 1) * exp2(Float(i) / -20) }
    for table in KernelTable.usable {
      expect(curve.values(numbers, table), numbers, curve.value, "\(table.instructionSet)") {
        2 * Double($0.ulp)
      }
    }
  }
}
