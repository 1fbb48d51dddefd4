import Foundation
import Testing
import VizCNN

/// `vizcnn kernels`, and kernels of networks as filters.
@Suite("kernels")
struct KernelsCommandTests {
  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  @Test("writes a sheet for each convolution, the page and the numbers") func writesSheets()
    throws
  {
    let outcome = try run("kernels", "model.ckpt", "--npy")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(
      outcome.lines
        == [
          "01-conv1.npy", "01-conv1.png", "04-conv2.npy", "04-conv2.png", "07-conv3.npy",
          "07-conv3.png", "values.json", "index.html",
        ]
        .map { "model.kernels/\($0)" })
    let layers = try #require(place.json("model.kernels/values.json")["layers"]?.elements)
    #expect(layers.map { $0["shape"]?.ints } == [[8, 1, 3, 3], [16, 8, 3, 3], [32, 16, 3, 3]])
    let weights = try place.floats("model.kernels/01-conv1.npy")
    for (f, filter) in try #require(layers[0]["filters"]?.elements).enumerated() {
      let squares = weights[(9 * f)..<(9 * f + 9)].reduce(0.0) { $0 + Double($1) * Double($1) }
      let norm = try #require(filter["norm"]?.number)
      // Nine squares in Float64; JSON keeps all digits.
      #expect(abs(norm - squares.squareRoot()) < 1e-12, "filter \(f)")
    }
  }

  @Test("finds presets and near duplicates among kernels") func namesPresets() throws {
    try place.make("edges.net", "Conv2d(1, 3, 3, kernels=[sobel-x, laplacian, sobel-x])\n")
    #expect(try run("kernels", "edges.net").status == 0)
    let layers = try #require(place.json("edges.kernels/values.json")["layers"]?.elements)
    let filters = try #require(layers.first?["filters"]?.elements)
    #expect(
      filters.map { $0["preset"]?["name"]?.string } == ["sobel-x", "laplacian", "sobel-x"])
    #expect(filters.map { $0["duplicate"]?["filter"]?.int } == [nil, nil, 0])
  }

  @Test("a network without convolutions has no kernels") func needsConvolutions() throws {
    let outcome = try run("kernels", "model.ckpt", "--layers", "fc")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("there is no convolution among these layers"))
    #expect(place.names(in: "model.kernels") == [])
  }

  @Test("a learned kernel as a filter gives the layer's own response inside")
  func filtersLikeTheLayer() throws {
    #expect(
      try run(
        "filter", "--kernel", "model.ckpt:conv1/7", "digit.png", "--npy", "-q", "-o", "seven.png"
      ).status == 0)
    // The layer on the pixels as they are; its bias is what the filter leaves out.
    let layer = try run(
      "activations", "model.ckpt", "digit.png", "--mean", "0", "--std", "1", "--range", "0..255",
      "--layers", "conv1", "--npy")
    #expect(layer.status == 0, "\(layer.errors)")
    let filtered = try place.floats("seven.npy")
    let responses = try place.floats("digit.activations/01-conv1.npy")
    let bias = try #require(
      Checkpoint.read(place["model.ckpt"]).network.parameters["conv1.bias"]?.values[7])
    for y in 0..<26 {
      for x in 0..<26 {
        let found = filtered[(y + 1) * 28 + x + 1]
        let wanted = responses[(7 * 26 + y) * 26 + x] - bias
        // n·2⁻²³·Σ|k|·255 is 9 · 1.2e-7 · 2.5 · 255.
        #expect(abs(found - wanted) < 1e-3, "\(x),\(y)")
      }
    }
  }

  @Test(
    "what is no learned kernel is told as such",
    arguments: [
      ("model.ckpt:conv1/8", 2, "layer 'conv1' has 8 filters of 1 kernel, counted from 0"),
      ("model.ckpt:conv2/1", 2, "hint: model.ckpt:conv2/1,0 is the kernel for the first of them"),
      ("model.ckpt:relu1/1", 2, "'relu1' is no convolution"),
      ("model.ckpt:conv4/1", 2, "did you mean 'conv1'?"),
      ("text.ckpt:conv1/1", 4, "text.ckpt: not a checkpoint"),
    ])
  func refusesOtherKernels(_ word: String, _ status: Int, _ message: String) throws {
    try place.make("text.ckpt", "these are words")
    let outcome = try run("filter", "--kernel", word, "digit.png")
    #expect(Int(outcome.status) == status && outcome.text == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("verify, trace and presets take learned kernels") func provesLearnedKernels() throws {
    let proof = try run("verify", "--kernel", "model.ckpt:conv2/3,5", "digit.png")
    #expect(proof.status == 0 && proof.lines.last?.hasPrefix("proven") == true, "\(proof.text)")
    let trace = try run("trace", "--kernel", "model.ckpt:conv2/3,5", "digit.png", "10,10")
    #expect(trace.status == 0 && trace.text.hasPrefix("conv2-3-5 at 10,10 of digit.png"))
    let shown = try run("presets", "model.ckpt:conv2/3,5")
    #expect(shown.status == 0 && shown.text.contains("size:            3×3"), "\(shown.errors)")
  }

  @Test("the model of a learned kernel is an input and stays") func keepsModels() throws {
    let before = try place.data("model.ckpt")
    let outcome = try run(
      "filter", "--kernel", "model.ckpt:conv1/7", "digit.png", "-o", "model.ckpt", "--format",
      "png", "--force")
    #expect(outcome.status == 5 && outcome.errors.contains("is an input"))
    #expect(try place.data("model.ckpt") == before)
  }
}
