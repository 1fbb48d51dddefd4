import Testing
import VizImage
import VizMethods
import VizNN
import VizTestSupport

@Suite("LayerKernels") struct LayerKernelsTests {
  private func kernels(_ layer: any Layer, _ weight: Tensor) throws -> LayerKernels {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, nil, nil, nil]), sequence: [("conv", layer)])
    let network = try Network(architecture, parameters: ["conv.weight": weight])
    return try #require(try LayerKernels.all(of: network).first)
  }

  private func conv(_ inputs: Int, _ outputs: Int, _ size: Pair, groups: Int = 1) -> Conv2d {
    Conv2d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: size, groups: groups,
      bias: false)
  }

  @Test("every convolution of a network is there, in its order") func allLayers() throws {
    let found = try LayerKernels.all(of: SampleNetworks.digits())
    #expect(found.map(\.name) == ["conv1", "conv2"] && found.map(\.position) == [1, 4])
    #expect(found.map(\.filterCount) == [4, 6] && found.map(\.inputCount) == [1, 4])
    let one = try LayerKernels.all(
      of: SampleNetworks.digits(), selection: LayerSelection(["conv2", "fc1"]))
    #expect(one.map(\.name) == ["conv2"])
  }

  @Test("a plane is the kernel that leads from an input to an output channel") func planes() throws
  {
    var random = SplitMix64(seed: 4)
    let weight = random.tensor([6, 2, 3, 2])
    let layer = try kernels(conv(4, 6, [3, 2], groups: 2), weight)
    for o in 0..<6 {
      for i in 0..<2 {
        let plane = layer.plane(filter: o, input: i)
        #expect(plane.width == 2 && plane.height == 3)
        for y in 0..<3 {
          for x in 0..<2 { #expect(plane[x, y] == Double(weight[o, i, y, x])) }
        }
      }
      let squares = weight.element(o).values.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(layer.filters[o].norm - squares.squareRoot()) < 1e-12)
    }
  }

  @Test("kernels of one dimension are rows") func rows() throws {
    var random = SplitMix64(seed: 9)
    let weight = random.tensor([6, 2, 5])
    let layer = try LayerRegistry.entry(named: "Conv1d")
      .layer([4, 6, 5], ["groups": 2, "bias": false])
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4, 20]), sequence: [("conv", layer)])
    let network = try Network(architecture, parameters: ["conv.weight": weight])
    let found = try #require(try LayerKernels.all(of: network).first)
    #expect(found.groups == 2 && found.filterCount == 6 && found.inputCount == 2)
    let plane = found.plane(filter: 4, input: 1)
    #expect(plane.width == 5 && plane.height == 1)
    #expect((0..<5).allSatisfy { plane[$0, 0] == Double(weight.values[(4 * 2 + 1) * 5 + $0]) })
  }

  @Test("a transposed convolution's kernels are sorted by output channel") func transposed() throws
  {
    var random = SplitMix64(seed: 5)
    let weight = random.tensor([4, 3, 2, 2])
    let layer = try kernels(
      ConvTranspose2d(
        inputChannels: 4, outputChannels: 6, window: SlidingWindow(kernelSize: 2), groups: 2,
        bias: false), weight)
    #expect(layer.filterCount == 6 && layer.inputCount == 2)
    for o in 0..<6 {
      for i in 0..<2 {
        #expect(
          layer.plane(filter: o, input: i)[1, 0]
            == Double(weight[o / 3 * 2 + i, o % 3, 0, 1]), "\(o) \(i)")
      }
    }
  }

  @Test("near duplicates are found with their sign, within a group only") func duplicates() throws {
    var random = SplitMix64(seed: 6)
    let a = random.tensor([1, 2, 3, 3]).values
    let b = random.tensor([1, 2, 3, 3]).values
    let near = a.enumerated().map { $1 * -3 + ($0 == 0 ? 0.01 : 0) }
    let zero = [Float](repeating: 0, count: 18)
    let rows = a + b + near + zero + zero + b.map { $0 * 2 }
    let weight = Tensor(shape: [6, 2, 3, 3], values: rows)
    let whole = try kernels(conv(2, 6, 3), weight).filters.map(\.duplicate)
    #expect(whole.map { $0?.filter } == [nil, nil, 0, nil, nil, 1])
    let cosine = try #require(whole[2]).cosine
    let exact = zip(a, near).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let lengths = [a, near].map { $0.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
    // Vectors of length 1 in Float32.
    #expect(abs(cosine - exact / lengths[0] / lengths[1]) < 1e-6 && cosine < -0.98)
    let grouped = try kernels(conv(4, 6, 3, groups: 2), weight).filters.map(\.duplicate)
    #expect(grouped.map { $0?.filter } == [nil, nil, 0, nil, nil, nil])
  }

  @Test("duplicates are those of a plain comparison of all pairs") func duplicatesBruteForce()
    throws
  {
    var random = SplitMix64(seed: 7)
    let base = (0..<8).map { _ in random.tensor([1, 1, 2, 2]).values }
    let rows = (0..<64).map { i in
      let noise = random.tensor([1, 1, 2, 2]).values
      return zip(base[i % 8], noise).map { $0 + $1 * 0.15 }
    }
    let layer = try kernels(
      conv(1, 64, 2), Tensor(shape: [64, 1, 2, 2], values: rows.flatMap(\.self)))
    func cosine(_ a: [Float], _ b: [Float]) -> Double {
      func dot(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }
    var count = 0
    for f in 0..<64 {
      let expected = (0..<f).first { abs(cosine(rows[f], rows[$0])) >= 0.98 }
      #expect(layer.filters[f].duplicate?.filter == expected, "\(f)")
      count += expected == nil ? 0 : 1
    }
    #expect(8..<60 ~= count)
  }

  @Test("filters that resemble a preset say so, with the sign of the cosine") func likeness() throws
  {
    let sobel: [Float] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    let laplacian: [Float] = [0, 1, 0, 1, -4, 1, 0, 1, 0]
    let noise: [Float] = [1, -2, 3, 5, -8, 1, 1, -2, 0.5]
    let rows = sobel + laplacian.map { $0 * -0.3 } + noise
    let layer = try kernels(conv(1, 3, 3), Tensor(shape: [3, 1, 3, 3], values: rows))
    #expect(layer.filters.map { $0.likeness?.preset } == ["sobel-x", "laplacian", nil])
    #expect(
      layer.filters.map { $0.likeness?.description } == [
        "1.00 · sobel-x", "−1.00 · laplacian", nil,
      ])

    let color = Tensor(
      shape: [1, 3, 3, 3],
      values: sobel.map { $0 + 0.1 } + sobel.map { $0 * 1.5 } + sobel.map { $0 - 0.1 })
    let likeness = try kernels(conv(3, 1, 3), color).filters[0].likeness
    // 12 · (1 + 1.5 + 1) over √(12.09 + 27 + 12.09) · √36
    #expect(likeness?.preset == "sobel-x" && abs((likeness?.cosine ?? 0) - 0.9785) < 1e-3)
    // Sobel's only in the mean of the colours.
    let mixed = Tensor(
      shape: [1, 3, 3, 3],
      values: zip(sobel, noise).map { $0 + $1 } + sobel + zip(sobel, noise).map { $0 - $1 })
    #expect(try kernels(conv(3, 1, 3), mixed).filters[0].likeness == nil)
    let deep = Tensor(shape: [1, 2, 3, 3], values: sobel + sobel)
    #expect(try kernels(conv(2, 1, 3), deep).filters[0].likeness == nil)
  }

  @Test("every preset that is one kernel is nearest to itself") func presetsFindThemselves() throws
  {
    var count = 0
    for entry in FilterRegistry.all {
      guard case .kernels(let bank) = try FilterStep(preset: entry.name).kind(depth: .float),
        bank.combination == .single, bank.width * bank.height >= 4, bank.width <= 31
      else { continue }
      let taps = bank.kernels[0].taps.map { Float($0) }
      let layer = try kernels(
        conv(1, 1, Pair(bank.height, bank.width)),
        Tensor(shape: [1, 1, bank.height, bank.width], values: taps))
      let found = try #require(layer.filters[0].likeness, "\(entry.name)")
      // Two presets may have one kernel up to a factor; the first is named then.
      #expect(abs(found.cosine - 1) < 1e-6, "\(entry.name): \(found)")
      count += found.preset == entry.name ? 1 : 0
    }
    #expect(count >= 10)
  }

  @Test("weights that are no numbers do no harm") func strangeWeights() throws {
    for value: Float in [.nan, .infinity, 0, 3e38] {
      let layer = try kernels(conv(1, 2, 3), Tensor(repeating: value, shape: [2, 1, 3, 3]))
      #expect(layer.filters.count == 2)
      if !value.isFinite {
        #expect(layer.filters.allSatisfy { $0.likeness == nil && $0.duplicate == nil })
      }
    }
  }
}
