#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A complex number in Float64.
public struct Complex: Sendable, Hashable, BitwiseCopyable {
  public var real: Double
  public var imaginary: Double

  public init(_ real: Double, _ imaginary: Double = 0) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// exp(−2πi · k / n).
  init(root k: Int, of n: Int) {
    let angle = -2 * Double.pi * Double(k) / Double(n)
    self.init(cos(angle), sin(angle))
  }

  public static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }

  public static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.real - b.real, a.imaginary - b.imaginary)
  }

  public static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  public static func * (a: Complex, b: Double) -> Complex {
    Complex(a.real * b, a.imaginary * b)
  }

  public var conjugate: Complex { Complex(real, -imaginary) }
  /// The product with −i.
  var turnedRight: Complex { Complex(imaginary, -real) }
}

/// The discrete Fourier transform of sequences of one length.
///
///     X[k] = Σₙ x[n] · exp(−2πi · k·n / N)
///
/// A length whose prime factors are 13 and less takes N · Σ factors steps; any other length becomes a
/// convolution with a chirp, computed by transforms of the next power of two above 2N − 2. All of it is
/// Float64: errors stay near 2⁻⁵³ · log₂ N · √Σ|x|² in every element.
///
/// - Source: Cooley & Tukey 1965; Stockham 1966; Bluestein 1970.
public struct FourierTransform: Sendable {
  /// Elements of a sequence.
  public let count: Int
  private let method: Method

  private enum Method: Sendable {
    case factors(FactorTransform)
    case chirp(ChirpTransform)
  }

  /// A transform for sequences of `count` elements, at least one.
  public init(count: Int) {
    precondition(count > 0, "a transform of \(count) elements")
    self.count = count
    if let factors = FactorTransform(count: count) {
      method = .factors(factors)
    } else {
      method = .chirp(ChirpTransform(count: count))
    }
  }

  /// Replaces a sequence by its transform.
  public func transform(_ sequence: inout [Complex]) {
    precondition(sequence.count == count, "\(sequence.count) elements; expected \(count)")
    switch method {
    case .factors(let transform): transform.run(&sequence)
    case .chirp(let transform): transform.run(&sequence)
    }
  }

  /// The first half, N/2 + 1 elements, of the transforms of two real sequences at once.
  ///
  /// With z = a + i·b, which is one complex transform,
  ///
  ///     A[k] = (Z[k] + Z*[N − k]) / 2,   B[k] = (Z[k] − Z*[N − k]) / 2i
  ///
  /// The other halves mirror these: X[N − k] = X*[k].
  public func halves(_ a: [Double], _ b: [Double]) -> (a: [Complex], b: [Complex]) {
    precondition(a.count == b.count, "\(a.count) and \(b.count) elements")
    var z = a.indices.map { Complex(a[$0], b[$0]) }
    transform(&z)
    var halves: (a: [Complex], b: [Complex]) = ([], [])
    for k in 0...(count / 2) {
      let mirrored = z[k == 0 ? 0 : count - k].conjugate
      halves.a.append((z[k] + mirrored) * 0.5)
      halves.b.append(((z[k] - mirrored) * 0.5).turnedRight)
    }
    return halves
  }
}

/// A transform by the prime factors of its length, one pass for each factor.
///
/// With N = r · m and s sequences side by side, a pass takes r elements that lie m apart, transforms
/// them and leaves them side by side, so that the result ends up in order:
///
///     y[q + s · (r·p + k)] = w^(p·k) · Σⱼ x[q + s · (p + m·j)] · exp(−2πi · j·k / r),   w = exp(−2πi / (r·m))
private struct FactorTransform: Sendable {
  let count: Int
  private let factors: [Int]
  // exp(−2πi · k / N)
  private let roots: [Complex]

  /// Nil where a prime factor is larger than 13.
  init?(count: Int) {
    var (rest, factors) = (count, [Int]())
    for factor in [4, 2, 3, 5, 7, 11, 13] {
      while rest % factor == 0 {
        factors.append(factor)
        rest /= factor
      }
    }
    guard rest == 1 else { return nil }
    self.count = count
    self.factors = factors
    roots = Self.roots(count)
  }

  /// A transform whose length is 2 to the power of `exponent`.
  init(exponent: Int) {
    count = 1 << exponent
    factors = [Int](repeating: 4, count: exponent / 2) + [Int](repeating: 2, count: exponent % 2)
    roots = Self.roots(count)
  }

  private static func roots(_ count: Int) -> [Complex] {
    (0..<count).map { Complex(root: $0, of: count) }
  }

  func run(_ sequence: inout [Complex]) {
    var result = sequence
    var side = 1
    for factor in factors {
      let apart = count / (side * factor)
      for p in 0..<apart {
        switch factor {
        case 2: pass2(sequence, &result, p, apart, side)
        case 4: pass4(sequence, &result, p, apart, side)
        default: pass(factor, sequence, &result, p, apart, side)
        }
      }
      swap(&sequence, &result)
      side *= factor
    }
  }

  private func pass2(
    _ x: [Complex], _ y: inout [Complex], _ p: Int, _ apart: Int, _ side: Int
  ) {
    let w = roots[p * side]
    for q in 0..<side {
      let (a, b) = (x[q + side * p], x[q + side * (p + apart)])
      let target = q + side * 2 * p
      y[target] = a + b
      y[target + side] = (a - b) * w
    }
  }

  private func pass4(
    _ x: [Complex], _ y: inout [Complex], _ p: Int, _ apart: Int, _ side: Int
  ) {
    let (w1, w2, w3) = (roots[p * side], roots[2 * p * side], roots[3 * p * side])
    for q in 0..<side {
      let source = q + side * p
      let step = side * apart
      let (a, b, c, d) = (x[source], x[source + step], x[source + 2 * step], x[source + 3 * step])
      let (sum, difference) = (a + c, a - c)
      let (otherSum, otherDifference) = (b + d, (b - d).turnedRight)
      let target = q + side * 4 * p
      y[target] = sum + otherSum
      y[target + side] = (difference + otherDifference) * w1
      y[target + 2 * side] = (sum - otherSum) * w2
      y[target + 3 * side] = (difference - otherDifference) * w3
    }
  }

  /// Any odd factor r: elements j and r − j turn alike, in opposite directions.
  private func pass(
    _ factor: Int, _ x: [Complex], _ y: inout [Complex], _ p: Int, _ apart: Int, _ side: Int
  ) {
    let pairs = factor / 2
    // exp(−2πi · j·k / r) for 1 ≤ j, k ≤ r / 2, and the turns that follow.
    let turns = (0..<(pairs * pairs)).map { i in
      roots[(i / pairs + 1) * (i % pairs + 1) % factor * (count / factor)]
    }
    let following = (0..<factor).map { roots[p * $0 * side] }
    var sums = [Complex](repeating: Complex(0), count: pairs)
    var differences = sums
    for q in 0..<side {
      let first = x[q + side * p]
      var total = first
      for j in 0..<pairs {
        let a = x[q + side * (p + apart * (j + 1))]
        let b = x[q + side * (p + apart * (factor - 1 - j))]
        (sums[j], differences[j]) = (a + b, a - b)
        total = total + sums[j]
      }
      let target = q + side * factor * p
      y[target] = total
      for k in 0..<pairs {
        var (even, odd) = (first, Complex(0))
        for j in 0..<pairs {
          let turn = turns[k * pairs + j]
          even = even + sums[j] * turn.real
          odd = odd + differences[j] * turn.imaginary
        }
        // i · odd, for the element k + 1 and against it.
        let turned = odd.turnedRight
        y[target + side * (k + 1)] = (even - turned) * following[k + 1]
        y[target + side * (factor - 1 - k)] = (even + turned) * following[factor - 1 - k]
      }
    }
  }
}

/// A transform of any length as a convolution with a chirp, exp(−πi · n² / N).
// k·n = (k² + n² − (k − n)²) / 2 makes it one.
private struct ChirpTransform: Sendable {
  private let inner: FactorTransform
  // exp(−πi · n² / N)
  private let chirp: [Complex]
  /// The transform of the conjugate chirp, wrapped around, over the inner length.
  private let filter: [Complex]

  init(count: Int) {
    var exponent = 0
    while 1 << exponent < 2 * count - 1 { exponent += 1 }
    inner = FactorTransform(exponent: exponent)
    let length = inner.count
    // n² mod 2N keeps the angle small, and with it exact.
    chirp = (0..<count).map { Complex(root: $0 * $0 % (2 * count), of: 2 * count) }
    let scale = 1 / Double(length)
    var filter = [Complex](repeating: Complex(0), count: length)
    for n in 0..<count {
      filter[n] = chirp[n].conjugate * scale
      if n > 0 { filter[length - n] = filter[n] }
    }
    inner.run(&filter)
    self.filter = filter
  }

  func run(_ sequence: inout [Complex]) {
    var work = zip(sequence, chirp).map { $0 * $1 }
    work += [Complex](repeating: Complex(0), count: inner.count - work.count)
    inner.run(&work)
    // Conjugated, so that the same transform runs backwards.
    for k in work.indices { work[k] = (work[k] * filter[k]).conjugate }
    inner.run(&work)
    for k in sequence.indices { sequence[k] = work[k].conjugate * chirp[k] }
  }
}
