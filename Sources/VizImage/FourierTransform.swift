#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The discrete Fourier transform of sequences of one length, in Float64.
///
///     X[k] = Σₙ x[n] · exp(−2πi · k·n / N)
///
/// A length that is a power of two takes N·log N steps directly; any other length becomes a
/// convolution with a chirp, computed by transforms of the next power of two above 2N − 2.
///
/// - Source: Cooley & Tukey 1965; Bluestein 1970.
public struct FourierTransform: Sendable {
  /// Elements of a sequence.
  public let count: Int
  private let method: Method

  private enum Method: Sendable {
    case powerOfTwo(PowerOfTwoTransform)
    case chirp(ChirpTransform)
  }

  /// A transform for sequences of `count` elements, at least one.
  public init(count: Int) {
    precondition(count > 0, "a transform of \(count) elements")
    self.count = count
    method =
      count & (count - 1) == 0
      ? .powerOfTwo(PowerOfTwoTransform(count: count)) : .chirp(ChirpTransform(count: count))
  }

  /// Replaces a sequence by its transform.
  public func transform(_ sequence: inout ComplexSequence) {
    precondition(sequence.count == count, "\(sequence.count) elements; expected \(count)")
    switch method {
    case .powerOfTwo(let transform): transform.run(&sequence)
    case .chirp(let transform): transform.run(&sequence)
    }
  }
}

/// Complex numbers as their real and imaginary parts.
public struct ComplexSequence: Sendable {
  public var real: [Double]
  public var imaginary: [Double]

  public var count: Int { real.count }

  public init(real: [Double], imaginary: [Double]) {
    precondition(real.count == imaginary.count, "\(real.count) and \(imaginary.count) parts")
    self.real = real
    self.imaginary = imaginary
  }

  /// Zeros.
  public init(count: Int) {
    real = [Double](repeating: 0, count: count)
    imaginary = real
  }
}

/// Butterflies over halves, quarters, eighths …, after a permutation by reversed indices.
private struct PowerOfTwoTransform: Sendable {
  let count: Int
  private let permutation: [Int]
  /// `exp(−2πi · k / N)` for k below N/2.
  private let cosines: [Double]
  private let sines: [Double]

  init(count: Int) {
    self.count = count
    var permutation = [Int](repeating: 0, count: count)
    for i in permutation.indices.dropFirst() {
      permutation[i] = permutation[i >> 1] >> 1 | (i & 1) * (count >> 1)
    }
    self.permutation = permutation
    let angles = (0..<(count / 2)).map { -2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  func run(_ sequence: inout ComplexSequence) {
    var real = permutation.map { sequence.real[$0] }
    var imaginary = permutation.map { sequence.imaginary[$0] }
    var half = 1
    while half < count {
      let step = count / (2 * half)
      for start in stride(from: 0, to: count, by: 2 * half) {
        for k in 0..<half {
          let (a, b) = (start + k, start + k + half)
          let (c, s) = (cosines[k * step], sines[k * step])
          let re = real[b] * c - imaginary[b] * s
          let im = real[b] * s + imaginary[b] * c
          (real[b], imaginary[b]) = (real[a] - re, imaginary[a] - im)
          (real[a], imaginary[a]) = (real[a] + re, imaginary[a] + im)
        }
      }
      half *= 2
    }
    sequence = ComplexSequence(real: real, imaginary: imaginary)
  }
}

/// A transform of any length as a convolution with a chirp, exp(−πi · n² / N).
// k·n = (k² + n² − (k − n)²) / 2 makes it one.
private struct ChirpTransform: Sendable {
  let count: Int
  private let inner: PowerOfTwoTransform
  // exp(−πi · n² / N)
  private let chirp: ComplexSequence
  /// The transform of the conjugate chirp, wrapped around, over the inner length.
  private let filter: ComplexSequence

  init(count: Int) {
    self.count = count
    var length = 1
    while length < 2 * count - 1 { length *= 2 }
    inner = PowerOfTwoTransform(count: length)
    // n² mod 2N keeps the angle small, and with it exact.
    let angles = (0..<count).map { -Double.pi * Double($0 * $0 % (2 * count)) / Double(count) }
    chirp = ComplexSequence(real: angles.map { cos($0) }, imaginary: angles.map { sin($0) })
    var filter = ComplexSequence(count: length)
    for n in 0..<count {
      for place in Set([n, (length - n) % length]) {
        filter.real[place] = chirp.real[n] / Double(length)
        filter.imaginary[place] = -chirp.imaginary[n] / Double(length)
      }
    }
    inner.run(&filter)
    self.filter = filter
  }

  func run(_ sequence: inout ComplexSequence) {
    var work = ComplexSequence(count: inner.count)
    for n in 0..<count {
      let (re, im) = product(sequence, n, chirp, n)
      (work.real[n], work.imaginary[n]) = (re, im)
    }
    inner.run(&work)
    for k in 0..<inner.count {
      let (re, im) = product(work, k, filter, k)
      // Conjugated, so that the same transform runs backwards.
      (work.real[k], work.imaginary[k]) = (re, -im)
    }
    inner.run(&work)
    for k in 0..<count {
      work.imaginary[k] = -work.imaginary[k]
      let (re, im) = product(work, k, chirp, k)
      (sequence.real[k], sequence.imaginary[k]) = (re, im)
    }
  }

  private func product(
    _ a: ComplexSequence, _ i: Int, _ b: ComplexSequence, _ j: Int
  ) -> (Double, Double) {
    (
      a.real[i] * b.real[j] - a.imaginary[i] * b.imaginary[j],
      a.real[i] * b.imaginary[j] + a.imaginary[i] * b.real[j]
    )
  }
}
