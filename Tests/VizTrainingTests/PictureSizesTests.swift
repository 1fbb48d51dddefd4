import Testing
import VizCNN
import VizFiles
import VizImage
import VizInput
import VizNN
import VizTraining

@Suite("Pictures of several sizes")
struct PictureSizesTests {
  private let scratch: Scratch
  private let sizes = [(40, 30), (20, 30), (30, 30), (40, 30), (64, 48), (25, 70)]

  init() throws {
    scratch = try Scratch()
    for (i, (width, height)) in sizes.enumerated() {
      // Bright at the left or at the right; one picture is a colour one.
      let samples = (0..<width * height).map { p -> UInt8 in
        (p % width < width / 2) == (i % 2 == 0) ? 200 : 20
      }
      let image =
        i == 3
        ? Image(
          width: width, height: height, layout: .rgb, samples: samples.flatMap { [$0, 0, 0] })
        : Image(width: width, height: height, layout: .gray, samples: samples)
      try scratch.write(
        try ImageEncoder.encode(image, as: .png), to: "\(i % 2 == 0 ? "left" : "right")/\(i).png")
    }
  }

  private func data() throws -> DataSet {
    try DataSource("folder:\(scratch.path)").read(.training)
  }

  private func error(_ text: String?) throws -> DatasetError? {
    let (data, augmentation) = (try data(), try text.map { try Augmentation(text: $0) })
    do throws(DatasetError) {
      _ = try Loader(data, augmentation: augmentation)
      return nil
    } catch {
      return error
    }
  }

  @Test("the first two that differ are named, and what makes them equal")
  func refuses() throws {
    func size(_ width: Int, _ height: Int) -> PictureSize {
      PictureSize(width: width, height: height)
    }
    let plain = try #require(try error(nil))
    #expect(
      plain
        == .sizes(
          file: scratch["left/2.png"], size(30, 30), first: scratch["left/0.png"], size(40, 30),
          after: nil))
    #expect(
      plain.description
        == "\(scratch["left/2.png"]): expected 40×30 as \(scratch["left/0.png"]) has, found 30×30")
    #expect(plain.hint?.contains("--augment 'Resize(64), CenterCrop(64)'") ?? false)
    let resized = try error("Resize(15)")
    #expect(
      resized
        == .sizes(
          file: scratch["left/2.png"], size(15, 15), first: scratch["left/0.png"], size(20, 15),
          after: "Resize(size=15)"))
    // Parts of pictures as they are would be learned at one scale and judged at another.
    for text in ["RandomCrop(20)", "CenterCrop(16)"] {
      let cut = try #require(try error(text))
      #expect("\(cut)".contains("a Resize, as shorter sides are of 20 to 48 pixels"))
    }
    // Before any picture is decoded for a batch.
    let small = try #require(try error("Resize(31), RandomCrop(40)"))
    #expect("\(small)".hasPrefix("\(scratch["left/0.png"]): expected 40×40 or more"))
  }

  @Test(
    "transforms make them equal, and what is held back has the same scale",
    arguments: [
      ("Resize(16), CenterCrop(16)", 16), ("Resize((16, 16))", nil),
      ("Resize(24), Resize((20, 16)), CenterCrop(16)", nil),
      ("Resize(31), RandomCrop(20)", 31), ("RandomResizedCrop(16, scale=(0.25, 0.25))", 32),
    ] as [(String, Int?)])
  func loads(_ text: String, _ side: Int?) throws {
    let data = try data()
    let loader = try Loader(data, augmentation: Augmentation(text: text))
    #expect(loader.input.resizeSide == side)
    #expect(loader.input.channels == 3 && data.sizes.map(\.count) == [2, 1, 1, 1, 1])
    let batch = try loader.batch(Array(0..<6))
    let width = loader.input.width
    #expect(batch.inputs.shape == [6, 3, width, width])
    // As it is used afterwards, without transforms.
    let plain = try Loader(data, input: loader.input).batch(Array(0..<6))
    #expect(plain.inputs.shape == batch.inputs.shape)
    if text.hasPrefix("Resize(16)") || text.hasPrefix("Resize((16") {
      #expect(plain.inputs == batch.inputs)
    }
    #expect((loader.input.resizeSize != nil) == (side == nil))
    // Moved pictures keep their sizes where the network says what it wants.
    let moved = try Loader(data, input: loader.input, augmentation: Augmentation(text: "affine()"))
    #expect(try moved.batch(Array(0..<6)).inputs == plain.inputs)
  }

  @Test("a network learns them and is judged by them; numbers and a sheet are of all of them")
  func learns() throws {
    let net = "flatten: Flatten()\nfc: Linear(768, 2)\n"
    try scratch.write(Array(net.utf8), to: "small.net")
    var options = TrainingOptions()
    (options.epochs, options.batchSize, options.validationShare) = (20, 3, 0)
    options.rate = 0.01
    let source = try DataSource("folder:\(scratch.path)")
    var run = try TrainingRun(
      TrainingPlan(
        net: scratch["small.net"], data: source, options: options,
        augmentation: Augmentation(text: "Resize(16), CenterCrop(16)"), output: scratch["a.ckpt"],
        jobs: 1))
    let isDone = try run.run()
    #expect(isDone)
    let network = try PictureNetwork(
      ModelReader().read(scratch["a.ckpt"]), name: scratch["a.ckpt"])
    let report = try EvaluationReport(network, data: source, jobs: 1, workers: 2)
    #expect(report.evaluation.accuracy == 1 && report.part == nil)
    let sheet = try DataSheet(source, part: .test)
    #expect(sheet.summary.sizes.count == 5)
    #expect(sheet.json["width"]?.int == nil && sheet.json["largest"]?["width"]?.int == 64)
    #expect(sheet.json["part"]?.string == "all")
    #expect(try sheet.image().width > 300)
  }
}
