import Testing
import VizImage
import VizKernels

/// What the borders look like, in numbers small enough to check by hand.
@Suite("Edge pictures")
struct EdgePictureTests {
  private let sums = Kernel(rows: [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
  private let picture = Plane(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9]] as [[UInt8]])

  @Test("every mode sums the neighbours of a 3×3 picture by hand")
  func sumsOfNeighbours() throws {
    let expected: [(EdgeMode, [[Double]])] = [
      // 1 1 2 3 3 / 1 1 2 3 3 / 4 4 5 6 6 / 7 7 8 9 9 / 7 7 8 9 9
      (.extend, [[21, 27, 33], [39, 45, 51], [57, 63, 69]]),
      (.pad(0), [[12, 21, 16], [27, 45, 33], [24, 39, 28]]),
      (.pad(10), [[62, 51, 66], [57, 45, 63], [74, 69, 78]]),
      (.crop, [[45]]),
      // With one sample of reach mirror repeats the border as extend does.
      (.mirror, [[21, 27, 33], [39, 45, 51], [57, 63, 69]]),
      // 5 4 5 6 5 / 2 1 2 3 2 / 5 4 5 6 5 / 8 7 8 9 8 / 5 4 5 6 5
      (.reflect101, [[33, 36, 39], [42, 45, 48], [51, 54, 57]]),
      (.wrap, [[45, 45, 45], [45, 45, 45], [45, 45, 45]]),
      // Mean of what is inside, times 9: 12/4, 21/6, 16/4 …
      (.renormalize, [[27, 31.5, 36], [40.5, 45, 49.5], [54, 58.5, 63]]),
    ]
    for (edge, rows) in expected {
      #expect(try picture.convolved(with: sums, edge: edge, output: .float).rows == rows, "\(edge)")
    }
  }

  @Test("a row of five under a kernel that reaches two")
  func rowOfFive() throws {
    let row = Plane(rows: [[1, 2, 3, 4, 5]] as [[UInt8]])
    let left = Kernel(width: 5, height: 1, taps: [1, 0, 0, 0, 0])  // looks two to the left
    let right = Kernel(width: 5, height: 1, taps: [0, 0, 0, 0, 1])
    let expected: [(EdgeMode, [Double], [Double])] = [
      (.extend, [1, 1, 1, 2, 3], [3, 4, 5, 5, 5]),
      (.pad(0), [0, 0, 1, 2, 3], [3, 4, 5, 0, 0]),
      (.pad(9), [9, 9, 1, 2, 3], [3, 4, 5, 9, 9]),
      (.crop, [1], [5]),
      (.mirror, [2, 1, 1, 2, 3], [3, 4, 5, 5, 4]),
      (.reflect101, [3, 2, 1, 2, 3], [3, 4, 5, 4, 3]),
      (.wrap, [4, 5, 1, 2, 3], [3, 4, 5, 1, 2]),
    ]
    for (edge, toLeft, toRight) in expected {
      #expect(try row.convolved(with: left, edge: edge).values == toLeft, "\(edge)")
      #expect(try row.convolved(with: right, edge: edge).values == toRight, "\(edge)")
    }
  }

  @Test("extend draws the border sample out: rows and columns as wedges, corners as blocks")
  func extendWedges() throws {
    let picture = Plane(rows: [[1, 2], [3, 4]] as [[UInt8]])
    // One tap at each place of a 5×5 window shows the 6×6 picture around the 2×2.
    var seen = [[Double]](repeating: [Double](repeating: -1, count: 6), count: 6)
    for i in 0..<5 {
      for j in 0..<5 {
        var taps = [Double](repeating: 0, count: 25)
        taps[i * 5 + j] = 1
        let shown = try picture.convolved(with: Kernel(width: 5, height: 5, taps: taps))
        for y in 0..<2 { for x in 0..<2 { seen[y + i][x + j] = shown[x, y] } }
      }
    }
    #expect(
      seen == [
        [1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4],
        [3, 3, 3, 4, 4, 4], [3, 3, 3, 4, 4, 4],
      ])
  }

  @Test("zero padding darkens the border of a mean")
  func zeroPadding() throws {
    let flat = Plane(rows: [[UInt8]](repeating: [90, 90, 90, 90], count: 4))
    let mean = Kernel.box(size: 3)
    #expect(
      try flat.convolved(with: mean, edge: .pad(0)).rows == [
        [40, 60, 60, 40], [60, 90, 90, 60], [60, 90, 90, 60], [40, 60, 60, 40],
      ])
    #expect(try flat.convolved(with: mean, edge: .extend).rows == flat.rows)
    #expect(try flat.convolved(with: mean, edge: .pad(90)).rows == flat.rows)
  }

  @Test("crop leaves (W − kw + 1) × (H − kh + 1) samples, whatever the anchor")
  func crop() throws {
    let picture = Plane(rows: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]] as [[UInt8]])
    for anchor in [(0, 0), (1, 1), (0, 1)] {
      let kernel = Kernel(
        width: 2, height: 2, taps: [1, 0, 0, 1], anchorX: anchor.0, anchorY: anchor.1)
      #expect(
        try picture.convolved(with: kernel, edge: .crop).rows == [[7, 9, 11], [15, 17, 19]])
    }
    let whole = Kernel(width: 4, height: 3, taps: [Double](repeating: 1, count: 12))
    #expect(try picture.convolved(with: whole, edge: .crop).rows == [[78]])
  }

  @Test("the derivative of a ramp shows what each mode invents")
  func ramp() throws {
    let ramp = Plane(rows: [[10, 20, 30, 40]] as [[UInt8]])
    let difference = Kernel(width: 3, height: 1, taps: [-1, 0, 1])
    let expected: [(EdgeMode, [Double])] = [
      (.extend, [10, 20, 20, 10]), (.pad(0), [20, 20, 20, -30]), (.crop, [20, 20]),
      (.mirror, [10, 20, 20, 10]), (.reflect101, [0, 20, 20, 0]), (.wrap, [-20, 20, 20, -20]),
    ]
    for (edge, values) in expected {
      #expect(
        try ramp.convolved(with: difference, edge: edge, output: .int16).values == values,
        "\(edge)")
    }
  }

  @Test("a picture of one sample, smaller than the kernel")
  func oneSample() throws {
    let sample = Plane(rows: [[7]] as [[UInt8]])
    let ones = Kernel(width: 5, height: 5, taps: [Double](repeating: 1, count: 25))
    for (edge, value) in [
      (EdgeMode.extend, 175.0), (.pad(0), 7), (.pad(1), 31), (.mirror, 175), (.reflect101, 175),
      (.wrap, 175), (.renormalize, 175),
    ] {
      #expect(try sample.convolved(with: ones, edge: edge).values == [value], "\(edge)")
    }
  }

  @Test("renormalize keeps a flat picture flat, exactly")
  func renormalizeFlat() throws {
    for (name, values) in [
      ("box", [3.0]), ("box", [5]), ("binomial", [5]), ("gaussian", [1.5]), ("motion", [5, 30]),
    ] {
      let kernel = try presetBank(name, values).kernels[0]
      for (width, height) in [(1, 1), (2, 3), (9, 4), (40, 7)] {
        for level in [0, 1, 77, 255] as [UInt8] {
          let flat = Plane(
            width: width, height: height,
            samples: [UInt8](repeating: level, count: width * height))
          let result = try flat.convolved(with: kernel, edge: .renormalize)
          #expect(result.values == flat.values, "\(name) \(width)×\(height)")
        }
      }
    }
  }

  private func refusal(_ kernel: Kernel, _ edge: EdgeMode, _ plane: Plane) -> String {
    do throws(ImageError) {
      _ = try plane.convolved(with: kernel, edge: edge)
      return "accepted"
    } catch {
      guard case .notApplicable(let reason) = error else { return "another error" }
      return reason
    }
  }

  @Test("what cannot be is refused with the reason")
  func refusals() throws {
    #expect(refusal(.sobelX(), .renormalize, picture).contains("0 or more"))
    let oneSided = Kernel(width: 3, height: 1, taps: [1, 0, 0])
    #expect(refusal(oneSided, .renormalize, picture).contains("nothing is left"))
    let four = Kernel(width: 4, height: 1, taps: [1, 1, 1, 1])
    #expect(refusal(four, .crop, picture).contains("3×3"))
    #expect(refusal(four, .crop, picture).contains("4×1"))
    for value in [-1, 256, 12.5, 1e30] {
      #expect(refusal(sums, .pad(value), picture).contains("0 to 255"), "\(value)")
    }
    let words = Plane(rows: [[1, 2]] as [[Int16]])
    #expect(refusal(sums, .pad(-32_768), words) == "accepted")
    #expect(refusal(sums, .pad(40_000), words).contains("-32768 to 32767"))
    let real = Plane(rows: [[1, 2]] as [[Float]])
    #expect(refusal(sums, .pad(12.5), real) == "accepted")
    let bank = KernelBank.magnitude(oneSided, oneSided)
    #expect(throws: ImageError.self) {
      try picture.filtered(
        with: bank, edge: .renormalize, output: .float, execution: Execution())
    }
  }
}
