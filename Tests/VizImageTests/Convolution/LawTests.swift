import Testing
import VizImage
import VizKernels
import VizTestSupport

/// What every convolution obeys, whatever the numbers.
@Suite("Laws of convolution")
struct LawTests {
  private static let edges: [EdgeMode] = [.extend, .pad(0), .mirror, .reflect101, .wrap]

  @Test("one tap of 1 changes nothing, under any edge mode", arguments: EdgeMode.all)
  func identity(edge: EdgeMode) throws {
    for type in SampleType.allCases {
      let plane = Plane.random(width: 37, height: 5, type: type, seed: 1)
      #expect(try plane.convolved(with: Kernel(rows: [[1]]), edge: edge).bytes == plane.bytes)
      if edge != .crop {
        let centred = Kernel(rows: [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
        #expect(try plane.convolved(with: centred, edge: edge).bytes == plane.bytes, "\(type)")
      }
    }
  }

  @Test("a shifted picture gives a shifted result")
  func translation() throws {
    let large = Plane.random(width: 90, height: 40, type: .uint8, seed: 2)
    var random = SplitMix64(seed: 3)
    let kernel = Kernel.random(width: 5, height: 4, taps: .small, using: &random)
    let whole = try large.convolved(with: kernel, edge: .crop, output: .float)
    for (x, y) in [(1, 0), (7, 3), (33, 20)] {
      let part = large.cropped(left: x, top: y, width: 50, height: 15)
      let result = try part.convolved(with: kernel, edge: .crop, output: .float)
      let expected = whole.cropped(
        left: x, top: y, width: result.width, height: result.height)
      #expect(result.values == expected.values)
    }
    // A picture on a ring may be turned any way.
    let turned = Plane(
      width: 90, height: 40,
      samples: (0..<3600).map { UInt8(large[($0 % 90 + 13) % 90, $0 / 90]) })
    let one = try large.convolved(with: kernel, edge: .wrap, output: .int16)
    let other = try turned.convolved(with: kernel, edge: .wrap, output: .int16)
    for y in 0..<40 { for x in 0..<90 { #expect(other[x, y] == one[(x + 13) % 90, y]) } }
  }

  private func transposed(_ plane: Plane) -> Plane {
    Plane(
      width: plane.height, height: plane.width,
      samples: (0..<plane.width).flatMap { x in
        (0..<plane.height).map { Float(plane[x, $0]) }
      })
  }

  @Test("rows and columns are alike", arguments: edges + [.crop])
  func transposition(edge: EdgeMode) throws {
    var random = SplitMix64(seed: 4)
    for (width, height) in [(7, 1), (1, 7), (3, 5), (2, 4)] {
      let kernel = Kernel.random(width: width, height: height, taps: .small, using: &random)
      let plane = Plane.random(width: 45, height: 31, type: .uint8, seed: 5)
      let one = try plane.convolved(with: kernel, edge: edge, output: .float)
      let other = try transposed(plane).converted(to: .uint8)
        .convolved(with: kernel.transposed, edge: edge, output: .float)
      #expect(transposed(one).values == other.values, "\(width)×\(height)")
    }
  }

  @Test("sums of pictures give sums of results, in Float")
  func linearity() throws {
    var random = SplitMix64(seed: 6)
    let kernel = Kernel.random(width: 5, height: 3, taps: .fractions, using: &random)
    let a = Plane.random(width: 61, height: 7, type: .float, seed: 7)
    let b = Plane.random(width: 61, height: 7, type: .float, seed: 8)
    let sum = Plane(
      width: 61, height: 7,
      samples: zip(a.samples(as: Float.self), b.samples(as: Float.self)).map { 2 * $0 - 3 * $1 })
    let weight = kernel.taps.reduce(0) { $0 + abs($1) }
    for edge in Self.edges {
      let (fa, fb, fs) = (
        try a.convolved(with: kernel, edge: edge), try b.convolved(with: kernel, edge: edge),
        try sum.convolved(with: kernel, edge: edge)
      )
      for (i, value) in fs.values.enumerated() {
        // n · 2⁻²³ · Σ|k| · max|p| for each of the three, |p| up to 300, 2·300 + 3·300.
        let tolerance = 16 * 0x1p-23 * weight * (1500 + 600 + 900)
        #expect(abs(value - (2 * fa.values[i] - 3 * fb.values[i])) <= tolerance)
      }
    }
  }

  @Test("a flat picture becomes the sum of the taps", arguments: edges)
  func flat(edge: EdgeMode) throws {
    guard edge != .pad(0) else { return }
    var random = SplitMix64(seed: 9)
    for taps in [RandomTaps.small, .dyadic, .large] {
      let kernel = Kernel.random(width: 4, height: 7, taps: taps, scale: 0.5, using: &random)
      let flat = Plane(width: 19, height: 3, samples: [UInt8](repeating: 3, count: 57))
      let result = try flat.convolved(with: kernel, edge: edge, output: .float)
      #expect(result.values.allSatisfy { $0 == Double(Float(3 * kernel.gain)) }, "\(taps)")
    }
  }

  @Test("a single sample shows the kernel turned round, and convolution the kernel itself")
  func impulse() throws {
    var random = SplitMix64(seed: 10)
    for (width, height) in [(3, 3), (5, 2), (4, 4), (1, 6)] {
      let kernel = Kernel.random(width: width, height: height, taps: .small, using: &random)
      var samples = [UInt8](repeating: 0, count: 21 * 21)
      samples[10 * 21 + 10] = 1
      let impulse = Plane(width: 21, height: 21, samples: samples)
      let correlated = try impulse.convolved(with: kernel, output: .int16)
      let convolved = try impulse.convolved(with: kernel.flipped, output: .int16)
      for i in 0..<height {
        for j in 0..<width {
          let (dy, dx) = (i - kernel.anchorY, j - kernel.anchorX)
          #expect(correlated[10 - dx, 10 - dy] == kernel[i, j])
          #expect(convolved[10 + dx, 10 + dy] == kernel[i, j])
        }
      }
    }
  }

  @Test("true convolution is the textbook's sum")
  func textbook() throws {
    var random = SplitMix64(seed: 11)
    let plane = Plane.random(width: 13, height: 11, type: .uint8, seed: 12)
    let kernel = Kernel.random(width: 3, height: 5, taps: .small, using: &random)
    let result = try plane.convolved(with: kernel.flipped, edge: .pad(0), output: .float)
    for y in 0..<11 {
      for x in 0..<13 {
        // (f ∗ k)(y, x) = Σ f(y − i, x − j) · k(i, j), i and j counted from the kernel's centre.
        var sum = 0.0
        for i in -2...2 {
          for j in -1...1 where 0..<11 ~= y - i && 0..<13 ~= x - j {
            sum += plane[x - j, y - i] * kernel[i + 2, j + 1]
          }
        }
        #expect(result[x, y] == sum, "\(x),\(y)")
      }
    }
  }

  @Test("a separable kernel is its column after its row")
  func separable() throws {
    let plane = Plane.random(width: 70, height: 20, type: .uint8, seed: 13)
    let (column, row) = ([1.0, 4, 6, 4, 1], [-1.0, -2, 0, 2, 1])
    for edge in Self.edges {
      let full = try plane.convolved(with: .sobelX(size: 5), edge: edge, output: .float)
      let across = try plane.convolved(
        with: Kernel(width: 5, height: 1, taps: row), edge: edge, output: .float)
      let both = try across.convolved(with: Kernel(width: 1, height: 5, taps: column), edge: edge)
      #expect(both.values == full.values, "\(edge)")
    }
  }

  @Test("NaN stays where the kernel's taps are not zero")
  func notANumber() throws {
    var samples = [Float](repeating: 1, count: 49)
    samples[24] = .nan
    let plane = Plane(width: 7, height: 7, samples: samples)
    let plus = Kernel(rows: [[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    let result = try plane.convolved(with: plus)
    let poisoned = result.values.indices.filter { result.values[$0].isNaN }
    #expect(poisoned == [17, 23, 24, 25, 31])
    #expect(try plane.convolved(with: plus, output: .uint8)[3, 3] == 0)
  }

  @Test("random everything equals the reference")
  func anything() throws {
    var random = SplitMix64(seed: 0xF022)
    for round in 0..<1500 {
      let taps = RandomTaps.allCases[round % RandomTaps.allCases.count]
      let edges = EdgeMode.all + [.pad(200)]
      let edge = edges[Int.random(in: 0..<edges.count, using: &random)]
      let (width, height) = (
        Int.random(in: 1...9, using: &random), Int.random(in: 1...9, using: &random)
      )
      let (anchorX, anchorY) = (
        Int.random(in: 0..<width, using: &random), Int.random(in: 0..<height, using: &random)
      )
      let scale = Bool.random(using: &random) ? 1 : Double.random(in: -2...2, using: &random)
      let offset = Bool.random(using: &random) ? 0 : Double.random(in: -300...300, using: &random)
      let count = edge == .renormalize ? 1 : Int.random(in: 1...3, using: &random)
      let kernels = (0..<count).map { _ in
        Kernel.random(
          width: width, height: height, taps: taps, signed: edge != .renormalize,
          anchorX: anchorX, anchorY: anchorY, scale: scale, offset: offset, using: &random)
      }
      let bank =
        switch count {
        case 1: KernelBank(kernels[0])
        case 2: KernelBank.magnitude(kernels[0], kernels[1])
        default: KernelBank.maximum(kernels)
        }
      let plane = Plane.random(
        width: Int.random(in: 1...90, using: &random),
        height: Int.random(in: 1...12, using: &random),
        type: SampleType.allCases[Int.random(in: 0..<4, using: &random)], seed: random.next())
      let output = SampleType.allCases[Int.random(in: 0..<4, using: &random)]
      let failures = try Trial(plane: plane, bank: bank, edge: edge).failures(outputs: [output])
      #expect(failures.isEmpty, "round \(round): \(failures.first ?? "")")
    }
  }
}
