import Testing
import VizImage
import VizReference

/// The numbers in the presets, from sources that are not this engine: tables of the literature and
/// OpenCV's functions that compute kernels.
@Suite("Preset values")
struct PresetValueTests {
  @Test("are those of the literature")
  func tables() throws {
    let tables: [(name: String, rows: [[Double]])] = [
      ("identity", [[1]]),
      ("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
      ("sobel-y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
      ("scharr-x", [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]),
      ("scharr-y", [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]),
      ("prewitt-x", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
      ("prewitt-y", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
      ("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
      ("laplacian-8", [[1, 1, 1], [1, -8, 1], [1, 1, 1]]),
      ("high-pass", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
      ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
      ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
      ("box", [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
      ("binomial", [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
    ]
    for table in tables {
      let bank = try presetBank(table.name)
      #expect(bank.kernels.map(rows) == [table.rows], "\(table.name)")
      #expect(bank.offset == 0, "\(table.name)")
    }
    #expect(try presetBank("box").scale == 1.0 / 9)
    #expect(try presetBank("binomial").scale == 1.0 / 16)
    #expect(try presetBank("invert").scale == -1)
    #expect(try presetBank("invert").offset == 255)
    #expect(try presetBank("invert", depth: .uint16).offset == 65_535)
    #expect(try presetBank("invert", depth: .float).offset == 1)
  }

  @Test("of gradients are a pair of tables and a length")
  func gradients() throws {
    let tables: [(name: String, x: [[Double]], y: [[Double]])] = [
      ("sobel", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
      (
        "scharr", [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]], [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]
      ),
      (
        "prewitt", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
      ),
      ("roberts", [[1, 0], [0, -1]], [[0, 1], [-1, 0]]),
    ]
    for table in tables {
      let bank = try presetBank(table.name)
      #expect(bank.combination == .magnitude)
      #expect(bank.kernels.map(rows) == [table.x, table.y], "\(table.name)")
    }
    let roberts = try presetBank("roberts")
    #expect([roberts.kernels[0].anchorX, roberts.kernels[0].anchorY] == [1, 1])
  }

  @Test("of Sobel 3, 5, 7 and Scharr are OpenCV's getDerivKernels")
  func derivativeKernels() throws {
    for size in [-1, 3, 5, 7] {
      for (axis, dx, dy) in [("x", 1, 0), ("y", 0, 1)] {
        let (row, column) = try OpenCVOracle.derivativeKernels(dx: dx, dy: dy, size: size)
        let name = size < 0 ? "scharr-\(axis)" : "sobel-\(axis)"
        let kernel = try presetBank(name, size < 0 ? [] : [Double(size)]).kernels[0]
        #expect(rows(kernel) == column.map { weight in row.map { weight * $0 } }, "\(name) \(size)")
      }
    }
    // Written out once more: Sobel 5 and 7 along x.
    let five = try presetBank("sobel-x", [5]).kernels[0]
    #expect(rows(five)[2] == [-6, -12, 0, 12, 6])
    #expect(rows(five).map { $0[4] } == [1, 4, 6, 4, 1])
    let seven = try presetBank("sobel-x", [7]).kernels[0]
    #expect(rows(seven)[0] == [-1, -4, -5, 0, 5, 4, 1])
    #expect(rows(seven).map { $0[6] } == [1, 6, 15, 20, 15, 6, 1])
  }

  @Test("of kirsch are the eight compass directions")
  func kirsch() throws {
    let bank = try presetBank("kirsch")
    let north: [[Double]] = [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]]
    let northWest: [[Double]] = [[5, 5, -3], [5, 0, -3], [-3, -3, -3]]
    let west: [[Double]] = [[5, -3, -3], [5, 0, -3], [5, -3, -3]]
    let southWest: [[Double]] = [[-3, -3, -3], [5, 0, -3], [5, 5, -3]]
    let expected: Set = [
      north, northWest, west, southWest,
      north.reversed(), northWest.reversed().map { $0.reversed() },
      west.map { $0.reversed() }, southWest.reversed().map { $0.reversed() },
    ]
    #expect(bank.combination == .maximum)
    #expect(bank.kernels.count == 8)
    #expect(Set(bank.kernels.map(rows)) == expected)
  }

  @Test("of gaussian are OpenCV's getGaussianKernel", arguments: [0.1, 0.5, 1, 1.5, 2.7, 10, 42])
  func gaussian(sigma: Double) throws {
    let kernel = try presetBank("gaussian", [sigma]).kernels[0]
    let radius = max(1, Int((3 * sigma).rounded()))
    #expect(kernel.width == 2 * radius + 1 && kernel.height == kernel.width)
    let row = try OpenCVOracle.gaussianKernel(size: kernel.width, sigma: sigma)
    for i in 0..<kernel.height {
      for j in 0..<kernel.width {
        // Twice one rounding of each factor, and the sum that both divide by.
        #expect(abs(kernel[i, j] - row[i] * row[j]) <= row[i] * row[j] * 0x1p-46 + 1e-300)
      }
    }
    #expect(abs(kernel.gain - 1) < 1e-12)
  }

  @Test(
    "of gabor are OpenCV's getGaborKernel",
    arguments: [
      [3.0, 0, 8, 1, 90], [2, 45, 6, 0.5, 0], [4, 120, 10, 1, 30], [1.5, -200, 3.3, 2, -90],
      [20, 10, 40, 0.3, 0],
    ])
  func gabor(values: [Double]) throws {
    let kernel = try presetBank("gabor", values).kernels[0]
    let theirs = try OpenCVOracle.gaborKernel(
      width: kernel.width, height: kernel.height, sigma: values[0], theta: values[1] * .pi / 180,
      wavelength: values[2], aspect: values[3], phase: values[4] * .pi / 180)
    for (ours, theirs) in zip(kernel.taps, theirs.taps) {
      #expect(abs(ours - theirs) <= 1e-12)
    }
    #expect(kernel.width % 2 == 1 && kernel.height % 2 == 1)
  }

  @Test("of unsharp are (1 + a)·δ − a·gaussian")
  func unsharp() throws {
    for (sigma, amount) in [(1.5, 1.0), (0.7, 0.3), (3, 20), (1, 0)] {
      let kernel = try presetBank("unsharp", [sigma, amount]).kernels[0]
      let side = kernel.width
      let row = try OpenCVOracle.gaussianKernel(size: side, sigma: sigma)
      for i in 0..<side {
        for j in 0..<side {
          let delta = i == side / 2 && j == side / 2 ? 1 + amount : 0
          #expect(abs(kernel[i, j] - (delta - amount * row[i] * row[j])) < 1e-13 * (1 + amount))
        }
      }
      #expect(abs(kernel.gain - 1) < 1e-12 * (1 + amount))
    }
  }

  @Test("of log sum to zero, are symmetric and have a negative centre")
  func laplacianOfGaussian() throws {
    for sigma in [0.3, 1, 1.4, 2, 5, 25] {
      let kernel = try presetBank("log", [sigma]).kernels[0]
      let (side, middle) = (kernel.width, kernel.width / 2)
      #expect(kernel.height == side && side == 2 * Int((4 * sigma).rounded(.up)) + 1)
      #expect(abs(kernel.taps.reduce(0, +)) < 1e-13)
      #expect(kernel.isZeroSum)
      #expect(kernel[middle, middle] < 0)
      #expect(kernel[middle, middle] == kernel.taps.min())
      #expect(kernel.flipped.taps == kernel.taps)
      #expect(kernel.transposed.taps == kernel.taps)
      #expect(rows(kernel).map { $0.reversed() } == rows(kernel))
      // A ring of positive taps beyond r = √2·σ.
      let ring = min(middle, Int((2 * sigma).rounded(.up)))
      if sigma >= 1 { #expect(kernel[middle, middle + ring] > 0) }
    }
    // On a parabola x² the Laplacian is 2, whatever the scale of the Gaussian.
    let kernel = try presetBank("log", [3]).kernels[0]
    let sum = (0..<kernel.height).reduce(0.0) { sum, i in
      (0..<kernel.width).reduce(sum) {
        $0 + kernel[i, $1] * Double(($1 - kernel.width / 2) * ($1 - kernel.width / 2))
      }
    }
    #expect(abs(sum - 2) < 0.1)
  }

  @Test("of motion are lines of sum 1")
  func motion() throws {
    let across = try presetBank("motion", [5, 0]).kernels[0]
    #expect(rows(across) == [[Double](repeating: 1, count: 5).map { $0 / 5 }])
    let down = try presetBank("motion", [5, 90]).kernels[0]
    #expect(down.width == 1 && down.height == 5)
    for tap in down.taps { #expect(abs(tap - 0.2) < 1e-12) }
    let point = try presetBank("motion", [1, 30]).kernels[0]
    #expect(rows(point) == [[1]])
    // Up to the right, as on paper.
    let diagonal = try presetBank("motion", [1 + 4 * 2.0.squareRoot(), 45]).kernels[0]
    #expect(diagonal.width == 5 && diagonal.height == 5)
    #expect(diagonal[0, 4] > 0.1 && diagonal[4, 0] > 0.1 && diagonal[2, 2] > 0.1)
    #expect(diagonal[0, 0] == 0 && diagonal[4, 4] == 0)
    for length in [1.0, 2, 7.5, 15, 200] {
      for angle in stride(from: -360.0, through: 360, by: 37.5) {
        let kernel = try presetBank("motion", [length, angle]).kernels[0]
        #expect(abs(kernel.taps.reduce(0, +) - 1) < 1e-12)
        #expect(kernel.taps.allSatisfy { $0 >= 0 })
        for (a, b) in zip(kernel.flipped.taps, kernel.taps) { #expect(abs(a - b) < 1e-12) }
      }
    }
  }

  @Test("of binomial and box are counted out")
  func binomial() throws {
    let pascal: [Int: [Double]] = [
      1: [1], 3: [1, 2, 1], 5: [1, 4, 6, 4, 1], 7: [1, 6, 15, 20, 15, 6, 1],
      9: [1, 8, 28, 56, 70, 56, 28, 8, 1],
    ]
    for (size, row) in pascal {
      let kernel = try presetBank("binomial", [Double(size)]).kernels[0]
      #expect(rows(kernel) == row.map { weight in row.map { weight * $0 } })
      #expect(kernel.gain == 1)
    }
    #expect(try presetBank("binomial", [15]).kernels[0].gain == 1)
    for size in [1, 2, 4, 9, 255] {
      let kernel = try presetBank("box", [Double(size)]).kernels[0]
      #expect(kernel.taps == [Double](repeating: 1, count: size * size))
      #expect(kernel.scale == 1 / Double(size * size))
    }
  }
}
