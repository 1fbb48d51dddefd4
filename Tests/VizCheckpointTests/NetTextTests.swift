import Testing
import VizCheckpoint
import VizNN

@Suite("Networks as text")
struct NetTextTests {
  private func lines(_ text: String) throws(CheckpointError) -> [String] {
    try NetText(text).architecture().nodes.map { "\($0.name) \($0.layer.text) \($0.inputs)" }
  }

  /// The same two layers, in every spelling.
  static let spellings = [
    "conv1: Conv2d(1, 16, 2, stride=2)\nrelu: ReLU()",
    "conv1: nn.Conv2d(1, 16, 2, stride=2)\nrelu: torch.nn.ReLU()",
    "(conv1): Conv2d(1, 16, kernel_size=(2, 2), stride=(2, 2))\n(relu): ReLU()",
    "self.conv1 = nn.Conv2d(1, 16, 2, stride=2)\nself.relu = nn.ReLU()  # a comment",
    "conv1 = Conv2d(in_channels=1, out_channels=16, kernel_size=[2, 2], stride=2); relu = ReLU()",
    "\"conv1\": Conv2d(1, 16,\n  2,  # two\n  stride=2,\n)\n'relu': ReLU()\n",
    "Sequential(\n  (conv1): Conv2d(1, 16, kernel_size=(2, 2), stride=(2, 2))\n  (relu): ReLU()\n)",
    "Net(\n  (conv1): Conv2d(1, 16, kernel_size=(2, 2), stride=(2, 2))\n  (relu): ReLU()\n)\n",
    "nn.Sequential(OrderedDict([('conv1', nn.Conv2d(1, 16, 2, 2)), ('relu', nn.ReLU())]))",
    "Sequential(OrderedDict(conv1=Conv2d(1, 16, 2, 2), relu=ReLU()))",
    "Sequential(conv1: Conv2d(1, 16, 2, 2), relu: ReLU())",
  ]

  @Test("a layer is written in any of PyTorch's ways", arguments: spellings)
  func spelling(_ text: String) throws {
    #expect(try lines(text) == lines(Self.spellings[0]))
    #expect(try lines(text).map { $0.prefix(5) } == ["conv1", "relu "])
  }

  @Test("what PyTorch 2.15 prints is read")
  func printed() throws {
    let net = try NetText(
      """
      Sequential(
        (0): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)
        (1): BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
        (2): BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, bias=False, track_running_stats=True)
        (3): InstanceNorm2d(2, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)
        (4): GroupNorm(1, 2, eps=1e-05, affine=True, bias=True)
        (5): UpsamplingNearest2d(size=2, mode='nearest')
        (6): UpsamplingBilinear2d(size=2, mode='bilinear')
        (7): Flatten(start_dim=1, end_dim=-1)
        (8): BatchNorm1d(8, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=True)
      )
      """)
    let names = try net.architecture().parameterShapes.map(\.name)
    #expect(
      names == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "2.weight",
        "2.running_mean", "2.running_var", "4.weight", "4.bias", "8.running_mean",
        "8.running_var",
      ])
  }

  @Test("the first layer says how many channels there are")
  func channels() throws {
    for (text, shape) in [
      ("ReLU()", [nil, nil, nil, nil]), ("ReLU()\nConv2d(3, 4, 1)", [nil, 3, nil, nil]),
      ("BatchNorm2d(5)", [nil, 5, nil, nil]), ("GroupNorm(2, 6)", [nil, 6, nil, nil]),
      ("Linear(7, 2)", [nil, 7]),
    ] as [(String, [Int?])] {
      #expect(try NetText(text).architecture().inputs[0].shape == shape, "\(text)")
    }
  }

  @Test("a dense layer that lacks a Flatten before it says so")
  func missingFlatten() {
    do {
      _ = try NetText("Conv2d(1, 2, 3)\nLinear(8, 3)").architecture(inputShape: [1, 4, 4])
      Issue.record("was read")
    } catch { #expect("\(error)".contains("a Flatten() before it"), "\(error)") }
  }

  @Test("layers without names are called by their place, within containers too")
  func names() throws {
    let names = { (text: String) in try NetText(text).architecture().nodes.map(\.name) }
    #expect(try names("ReLU()\nReLU()\nlast: ReLU()\nReLU()") == ["0", "1", "last", "3"])
    #expect(
      try names("features: Sequential(ReLU(), ReLU())\nReLU()")
        == ["features.0", "features.1", "1"])
    #expect(
      try names("Net(\n  (a): Sequential(\n    (0-2): 3 x ReLU()\n    (act): ReLU()\n  )\n)")
        == ["a.0", "a.1", "a.2", "a.act"])
  }

  @Test("skips name what they read, and the rest reads the line before")
  func skips() throws {
    let net = try NetText(
      """
      a: Conv2d(2, 4, 1)
      b: Conv2d(2, 4, 1)(input)
      add(a, b)
      cat([a, b], dim=1)
      c: ReLU()
      """
    ).architecture(inputShape: [2, 5, 5])
    #expect(
      net.nodes.map(\.inputs) == [["input"], ["input"], ["a", "b"], ["a", "b"], ["3"]])
    #expect(net.inputs[0].shape == [nil, 2, 5, 5])
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let text = """
      conv1: Conv2d(1, 2, 3, padding=1, bias=False)
      "a strange/name": LeakyReLU(0.1)
      skip: Conv2d(1, 2, 1)(input)
      5: add("a strange/name", skip)
      layer1.0.conv: Conv2d(2, 2, 3)
      """
    let net = try NetText(text).architecture()
    let written = try NetWriter.text(of: net)
    #expect(try lines(written) == lines(text))
    #expect(try NetWriter.text(of: NetText(written).architecture()) == written)
  }

  @Test("filter presets, texts and rows become fixed weights")
  func kernels() throws {
    let net = try NetText(
      """
      Conv2d(1, 4, 3, kernels=[sobel-x, binomial(3), "0 1 0; 1 -4 1; 0 1 0", [[1, 2, 3], [4, 5, 6], [7, 8, 9.5]]])
      """)
    let weight = try #require(net.fixedParameters["0.weight"])
    #expect(weight.shape == [4, 1, 3, 3])
    #expect(Array(weight.values[0..<9]) == [-1, 0, 1, -2, 0, 2, -1, 0, 1])
    #expect(
      Array(weight.values[9..<18])
        == [1, 2, 1, 2, 4, 2, 1, 2, 1].map { $0 / 16 })
    #expect(
      Array(weight.values[18...]) == [0, 1, 0, 1, -4, 1, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9.5])
    #expect(try net.architecture().parameterShapes.map(\.name) == ["0.weight"])
    // A smaller kernel stands in the middle.
    let wide = try NetText("Conv2d(1, 1, 5, kernels=[laplacian], bias=True)").fixedParameters
    #expect(
      wide["0.weight"]?.values.enumerated().filter { $0.1 != 0 }.map(\.0) == [7, 11, 12, 13, 17])
    #expect(wide["0.bias"]?.values == [0])
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("", "line 1: expected a layer"), ("# nothing\n\n", "line 1: expected a layer"),
      ("ReLU()\nConv3000d(1)", "line 2: no layer is called 'Conv3000d'"),
      (
        "Conv3d(1)\nReLU()\nSequential(Relu(), GLU())",
        "line 1: 'Conv3d'; did you mean 'Conv2d'?, line 3: 'Relu'; did you mean 'ReLU'?, line 3: 'GLU'"
      ),
      ("ReLU()\n\nConv2d(1, 16, 3, colour=2)", "line 3: Conv2d argument 'colour' is unknown"),
      ("Conv2d(1, 16", "expected a value"), ("Conv2d(1,, 16)", "expected a value"),
      ("ReLU() ReLU()", "expected the end of the line"), ("ReLU", "expected '('"),
      ("conv1: 3", "expected a layer"), ("ReLU(x=y())", "line 1"), ("?", "expected a name"),
      ("'abc", "at the end of a text"), ("Conv2d(1, 1, 1e999)", "expected a number"),
      ("add(a)", "names of two layers"), ("add(a, b)", "'a'"),
      ("ReLU(kernels=[sobel-x])", "kernels in a Conv2d"),
      ("Conv2d(1, 2, 3, kernels=[sobel-x])", "2 kernels"),
      ("Conv2d(2, 1, 3, kernels=[sobel-x])", "each on one channel"),
      ("Conv2d(1, 1, 3, kernels=[sobel-z])", "no preset is called 'sobel-z'"),
      ("Conv2d(1, 1, 3, kernels=[sobel])", "a preset that is a single kernel"),
      ("Conv2d(1, 1, 2, kernels=[sobel-x])", "kernels that fit"),
      ("Conv2d(1, 1, 3, kernels=[[[1, 2], [3]]])", "rows of numbers"),
      ("Conv2d(1, 1, 3, kernels=7)", "a list of kernels"),
      ("Sequential(3)", "line 1"), ("a: ReLU()\na: ReLU()", "'a'"),
      ("Input(0)", "channels, height and width"),
      ("Conv2d(1, 1, 3, bias=True, bias=False)", "every argument once"),
      ("10001 x ReLU()", "1 to 10000"),
    ])
  func errors(_ text: String, _ reason: String) {
    do {
      _ = try NetText(text).architecture()
      Issue.record("was read")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }

  @Test("texts that nest or repeat without end meet limits")
  func bombs() {
    for text in [
      String(repeating: "Sequential(", count: 100_000), String(repeating: "[", count: 100_000),
      "Conv2d(" + String(repeating: "(", count: 100_000),
      String(repeating: "10000 x ReLU()\n", count: 100),
      String(repeating: "A(10000 x ", count: 3) + "ReLU()" + String(repeating: ")", count: 3),
      String(repeating: "x", count: 5_000_000),
    ] {
      #expect(throws: CheckpointError.self) { try NetText(text) }
    }
  }

  @Test("every prefix of a text is a network or an error")
  func prefixes() {
    var networks = 0
    for text in Self.spellings {
      for count in 0..<text.count {
        do {
          _ = try NetText(String(text.prefix(count))).architecture()
          networks += 1
        } catch { #expect(!"\(error)".isEmpty) }
      }
    }
    #expect(networks > 20)
  }

  @Test("a sketch has the layers with weights filled in")
  func sketch() throws {
    let file = try WeightFile(ByteRegion(Fixtures.bytes("zip.pt")))
    let sketch = NetWriter.sketch(of: file.tensors)
    #expect(
      sketch.split(separator: "\n").filter { !$0.hasPrefix("#") }
        == ["conv1: Conv2d(1, 2, 3)", "norm1: BatchNorm2d(2)", "fc1: Linear(2, 3)"])
    #expect(try NetText(sketch).architecture().nodes.count == 3)
  }

  @Test("filters of one channel behind as many channels are sketched as depthwise")
  func sketchOfDepthwise() throws {
    let shapes = [[8, 3, 3, 3], [8, 1, 3, 3], [16, 8, 1, 1], [4, 1, 3, 3]]
    let tensors = shapes.enumerated().map { i, shape in
      StoredTensor(
        name: "\(i).weight", type: .float32, shape: shape,
        region: ByteRegion([UInt8](repeating: 0, count: 4 * shape.reduce(1, *))))
    }
    let lines = NetWriter.sketch(of: tensors).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      lines.map(String.init) == [
        "0: Conv2d(3, 8, 3, bias=False)", "1: Conv2d(8, 8, 3, groups=8, bias=False)",
        "2: Conv2d(8, 16, 1, bias=False)", "3: Conv2d(1, 4, 3, bias=False)",
      ])
  }

  @Test("what normalises behind a dense layer is sketched as BatchNorm1d")
  func sketchOfVectors() throws {
    let text = """
      a: Conv2d(1, 2, 3)
      b: BatchNorm2d(2)
      c: Linear(2, 3)
      d: BatchNorm1d(3)
      e: BatchNorm1d(3)
      f: Conv2d(3, 4, 1)
      g: BatchNorm2d(4)
      """
    let tensors = try NetText(text).architecture().parameterShapes.map { parameter in
      StoredTensor(
        name: parameter.name, type: .float32, shape: parameter.shape.dimensions,
        region: ByteRegion([UInt8](repeating: 0, count: 4 * parameter.shape.count)))
    }
    let lines = NetWriter.sketch(of: tensors).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.map(String.init) == text.split(separator: "\n").map(String.init))
  }
}
