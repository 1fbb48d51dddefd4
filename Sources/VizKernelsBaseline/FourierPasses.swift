// Discrete Fourier transforms of many sequences side by side, one a lane:
//
//     X[k] = Σₙ x[n] · exp(−2πi · k·n / N),   N = 16, 32, 64, 128, 256, 512 …
//
// Forwards by decimation in frequency, radix 4 down to a last block of 4 or 8, which leaves the
// frequencies in digit-reversed order; backwards by the mirror image of each step, from that order,
// without the factor 1/N. Nothing is ever put in order: the spectrum that is multiplied with in
// between is stored in the same order.

/// Sequences of complex vectors one after the other: element n at `data + n · 2 · lanes`.
///
/// `twiddles` holds, for block sizes N, N/4, … above 8 and each k below a quarter of the block,
/// wᵏ, w²ᵏ and w³ᵏ as real and imaginary parts, w = exp(−2πi / block).
struct Sequences<V: FourierLanes> {
  let data: UnsafeMutablePointer<V.Scalar>
  let length: Int
  let twiddles: UnsafePointer<V.Scalar>

  @inline(__always) init(
    _ data: UnsafeMutablePointer<V.Scalar>, _ length: Int, _ twiddles: UnsafePointer<V.Scalar>
  ) {
    self.data = data
    self.length = length
    self.twiddles = twiddles
  }

  @inline(__always) subscript(n: Int) -> Complex<V> {
    get { Complex(UnsafePointer(data + n * 2 * V.lanes)) }
    nonmutating set { newValue.store(data + n * 2 * V.lanes) }
  }

  @inline(__always)
  private static func twiddle(_ parts: UnsafePointer<V.Scalar>) -> Complex<V> {
    Complex(V(repeating: parts[0]), V(repeating: parts[1]))
  }

  /// All steps but the last; the size of the blocks that are left is 4 or 8.
  @inline(__always) func forwardSteps() -> Int {
    var block = length
    var parts = twiddles
    while block > 8 {
      let quarter = block / 4
      for k in 0..<quarter {
        let (w1, w2, w3) = (
          Self.twiddle(parts), Self.twiddle(parts + 2), Self.twiddle(parts + 4)
        )
        var n = k
        while n < length {
          let y = Quad(self, n, quarter).transformed()
          self[n] = y.a
          self[n + quarter] = y.b * w1
          self[n + 2 * quarter] = y.c * w2
          self[n + 3 * quarter] = y.d * w3
          n += block
        }
        parts += 6
      }
      block = quarter
    }
    return block
  }

  /// The mirror image of `forwardSteps`, from blocks of the size that it has left.
  @inline(__always) func backwardSteps(from left: Int) {
    var block = left * 4
    var parts = twiddles + 2 * (length - left)
    while block <= length {
      let quarter = block / 4
      parts -= 6 * quarter
      for k in 0..<quarter {
        let w = parts + 6 * k
        let (w1, w2, w3) = (Self.twiddle(w), Self.twiddle(w + 2), Self.twiddle(w + 4))
        var n = k
        while n < length {
          let y = Quad(
            self[n], .timesConjugate(self[n + quarter], w1),
            .timesConjugate(self[n + 2 * quarter], w2), .timesConjugate(self[n + 3 * quarter], w3))
          y.transformedBack().store(self, n, quarter)
          n += block
        }
      }
      block *= 4
    }
  }

  /// The last step: transforms of neighbouring elements, in place.
  @inline(__always) func forwardBlocks(of size: Int) {
    var n = 0
    if size == 4 {
      while n < length {
        Quad(self, n, 1).transformed().store(self, n, 1)
        n += 4
      }
    } else {
      while n < length {
        Octet(self, n).transformed().store(self, n)
        n += 8
      }
    }
  }

  @inline(__always) func backwardBlocks(of size: Int) {
    var n = 0
    if size == 4 {
      while n < length {
        Quad(self, n, 1).transformedBack().store(self, n, 1)
        n += 4
      }
    } else {
      while n < length {
        Octet(self, n).transformedBack().store(self, n)
        n += 8
      }
    }
  }

  /// The last step forwards, the product with a spectrum, and the first step back, all at once.
  @inline(__always) func multiplyBlocks(of size: Int, by spectrum: Sequences) {
    var n = 0
    if size == 4 {
      while n < length {
        let product = Quad(self, n, 1).transformed().times(Quad(spectrum, n, 1))
        product.transformedBack().store(self, n, 1)
        n += 4
      }
    } else {
      while n < length {
        let product = Octet(self, n).transformed().times(Octet(spectrum, n))
        product.transformedBack().store(self, n)
        n += 8
      }
    }
  }
}

/// Four elements, and their transform in natural order.
private struct Quad<V: FourierLanes> {
  var a, b, c, d: Complex<V>

  @inline(__always)
  init(_ a: Complex<V>, _ b: Complex<V>, _ c: Complex<V>, _ d: Complex<V>) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }
  @inline(__always) init(_ source: Sequences<V>, _ n: Int, _ step: Int) {
    self.init(source[n], source[n + step], source[n + 2 * step], source[n + 3 * step])
  }
  @inline(__always) func store(_ target: Sequences<V>, _ n: Int, _ step: Int) {
    target[n] = a
    target[n + step] = b
    target[n + 2 * step] = c
    target[n + 3 * step] = d
  }
  @inline(__always) func transformed() -> Quad {
    let (even, odd) = ((a + c, b + d), (a - c, b - d))
    return Quad(
      even.0 + even.1, .subtractTurned(odd.0, odd.1), even.0 - even.1, .addTurned(odd.0, odd.1))
  }
  @inline(__always) func transformedBack() -> Quad {
    let (even, odd) = ((a + c, b + d), (a - c, b - d))
    return Quad(
      even.0 + even.1, .addTurned(odd.0, odd.1), even.0 - even.1, .subtractTurned(odd.0, odd.1))
  }
  @inline(__always) func times(_ other: Quad) -> Quad {
    Quad(a * other.a, b * other.b, c * other.c, d * other.d)
  }
  @inline(__always) static func + (x: Quad, y: Quad) -> Quad {
    Quad(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d)
  }
  @inline(__always) static func - (x: Quad, y: Quad) -> Quad {
    Quad(x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d)
  }
}

/// Eight elements in two halves.
///
/// Of their transform, the first half is the even frequencies and the second the odd ones.
private struct Octet<V: FourierLanes> {
  var low, high: Quad<V>

  @inline(__always) init(_ low: Quad<V>, _ high: Quad<V>) {
    (self.low, self.high) = (low, high)
  }
  @inline(__always) init(_ source: Sequences<V>, _ n: Int) {
    self.init(Quad(source, n, 1), Quad(source, n + 4, 1))
  }
  @inline(__always) func store(_ target: Sequences<V>, _ n: Int) {
    low.store(target, n, 1)
    high.store(target, n + 4, 1)
  }
  @inline(__always) private static var root: V { V(repeating: V.scalar(0x1.6a09e667f3bcdp-1)) }

  @inline(__always) func transformed() -> Octet {
    let (even, odd) = (low + high, low - high)
    // Times wⁿ for n = 0 … 3, w = (1 − i)/√2.
    let (b, d) = (odd.b, odd.d)
    let turned = Quad(
      odd.a, Complex((b.re + b.im) * Self.root, (b.im - b.re) * Self.root),
      Complex(odd.c.im, V(repeating: 0) - odd.c.re),
      Complex((d.im - d.re) * Self.root, (V(repeating: 0) - d.re - d.im) * Self.root))
    return Octet(even.transformed(), turned.transformed())
  }
  @inline(__always) func transformedBack() -> Octet {
    let (even, odd) = (low.transformedBack(), high.transformedBack())
    let (b, d) = (odd.b, odd.d)
    let turned = Quad(
      odd.a, Complex((b.re - b.im) * Self.root, (b.im + b.re) * Self.root),
      Complex(V(repeating: 0) - odd.c.im, odd.c.re),
      Complex((V(repeating: 0) - d.re - d.im) * Self.root, (d.re - d.im) * Self.root))
    return Octet(even + turned, even - turned)
  }
  @inline(__always) func times(_ other: Octet) -> Octet {
    Octet(low.times(other.low), high.times(other.high))
  }
}
