import Foundation
import Testing
import VizCNN

/// The lines that the README promises, by the real binary.
@Suite("The command lines", .serialized)
struct CommandLinesTests {
  let place: Workplace

  init() throws {
    place = try Workplace(width: 64, height: 48)
  }

  private func run(_ line: String) throws -> Command.Outcome {
    try Command.run(line.split(separator: " ").map(String.init), in: place.path)
  }

  @Test("filter --sobel-x writes gray edges beside the picture and prints the path")
  func filtersToTheDefaultName() throws {
    let outcome = try run("filter --sobel-x lane.jpg")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text == "lane.sobel-x.png\n")
    let image = try place.image("lane.sobel-x.png")
    #expect(image.layout == .gray && image.width == 64 && image.height == 48)
    let expected = try FilterChain([FilterStep(preset: "sobel-x")])
      .apply(to: place.image("lane.jpg")).planes[0]
    #expect(image.samples(as: UInt8.self) == expected.samples(as: UInt8.self))
  }

  @Test("steps apply in the order written, without rounding between them")
  func appliesStepsInOrder() throws {
    let outcome = try run("filter --gaussian 1.4 --sobel lane.jpg -o edges.png")
    #expect(outcome.status == 0 && outcome.text == "edges.png\n", "\(outcome.errors)")
    let steps = [
      try FilterStep(preset: "gaussian", values: [1.4]), try FilterStep(preset: "sobel"),
    ]
    let expected = try FilterChain(steps).apply(to: place.image("lane.jpg")).planes[0]
    #expect(
      try place.image("edges.png").samples(as: UInt8.self) == expected.samples(as: UInt8.self))
    _ = try run("filter --sobel --gaussian 1.4 lane.jpg -o other.png")
    #expect(try place.data("edges.png") != place.data("other.png"))
  }

  @Test("a kernel in ImageMagick's words works on every channel")
  func takesAKernel() throws {
    let outcome = try Command.run(
      ["filter", "--kernel", "3x3: 0,-1,0, -1,5,-1, 0,-1,0", "--per-channel", "lane.jpg"],
      in: place.path)
    #expect(outcome.status == 0 && outcome.text == "lane.kernel.png\n", "\(outcome.errors)")
    #expect(try place.image("lane.kernel.png").layout == .rgb)
  }

  @Test("a kernel file, padding and signed colours over several pictures")
  func takesAKernelFile() throws {
    try place.make("k.mat", "3 3 8 0\n-1 0 1\n-2 0 2\n-1 0 1\n")
    let outcome = try Command.shell(
      "\"$VIZCNN\" filter --kernel @k.mat --edge pad --display signed lane.jpg lane.png -o out/ "
        + "--jobs 2", in: place.path)
    #expect(outcome.status == 2, "both become out/lane.k.png: \(outcome.errors)")
    try place.picture("road.jpg", width: 20, height: 30, as: .jpeg)
    let second = try Command.shell(
      "\"$VIZCNN\" filter --kernel @k.mat --edge pad --display signed *.jpg -o out/ --jobs 2",
      in: place.path)
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.lines == ["out/lane.k.png", "out/road.k.png"])
    let signed = try place.image("out/lane.k.png")
    #expect(signed.layout == .rgb && signed.height > 48, "no legend below the picture")
  }

  @Test("a picture through pipes") func pipes() throws {
    let outcome = try Command.shell(
      "cat lane.png | \"$VIZCNN\" filter --high-pass - -o - > b.png", in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    _ = try run("filter --high-pass lane.png -o c.png")
    #expect(try place.data("b.png") == place.data("c.png"))
    // Without -o standard input goes to standard output, too.
    let direct = try Command.run(
      ["filter", "--high-pass", "-", "-q"], in: place.path, input: place.data("lane.png"))
    #expect(try direct.output == place.data("c.png"))
  }

  @Test("--edge all draws one sheet") func drawsAContactSheet() throws {
    let outcome = try run("filter --sobel-x --edge all lane.jpg")
    #expect(outcome.status == 0 && outcome.text == "lane.sobel-x.edges.png\n", "\(outcome.errors)")
    let sheet = try place.image("lane.sobel-x.edges.png")
    #expect(sheet.width > 2 * 64 && sheet.height > 48)
  }

  @Test(
    "verify proves the result against both judges",
    arguments: [
      "--sobel-x --edge extend", "--sobel", "--kirsch --edge wrap", "--box 5 --edge crop",
      "--gaussian 1.4 --edge renormalize", "--gaussian 1.4 --sobel", "--median 3 --edge mirror",
      "--canny", "--threshold 90", "--gaussian 1 --median 3 --threshold 80", "--gray",
      "--sobel --canny", "--laplacian --per-channel", "--invert --gray", "--gaussian 1.4 --canny",
      "--gaussian 3 --median 5 --sobel", "--log 2 --edge wrap",
    ])
  func verifies(_ filters: String) throws {
    let outcome = try run("verify \(filters) lane.jpg")
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.lines.last?.hasPrefix("proven") ?? false, "\(outcome.text)")
    #expect(outcome.text.contains("Float64 reference"))
  }

  @Test("verify speaks JSON") func verifiesAsJSON() throws {
    let outcome = try run("verify --sobel-x lane.png --json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    #expect(object["status"] as? String == "proven")
    let comparisons = try #require(object["comparisons"] as? [[String: Any]])
    #expect(comparisons.count == 3)
    #expect(comparisons.allSatisfy { $0["differing"] as? Int == 0 && $0["pixels"] as? Int == 3072 })
    #expect(comparisons.allSatisfy { $0["decides"] as? Bool == true })
  }

  @Test("verify says where OpenCV is not exact, and lets the reference decide")
  func tellsWhoDecides() throws {
    let samples = (0..<(64 * 48)).map { UInt16($0 * 40_503 % 65_536) }
    let image = Image(width: 64, height: 48, layout: .gray, samples: samples)
    try Data(ImageEncoder.encode(image, as: .png)).write(to: URL(filePath: place["deep.png"]))
    let outcome = try run("verify --gaussian 1 deep.png")
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("so that the Float64 reference decides"))
    let json = try run("verify --gaussian 1 deep.png --json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
    let comparisons = try #require(object["comparisons"] as? [[String: Any]])
    #expect(comparisons.map { $0["decides"] as? Bool } == [true, false])
  }

  @Test("verify judges the samples before canny where they are not certain")
  func judgesBeforeCanny() throws {
    // Halves of odd numbers: every sample is a tie.
    let image = Image(
      width: 6, height: 6, layout: .gray, samples: (0..<36).map { UInt8($0 % 6 < 3 ? 5 : 125) })
    try Data(ImageEncoder.encode(image, as: .png)).write(to: URL(filePath: place["ties.png"]))
    let outcome = try Command.run(
      ["verify", "--kernel", "2x1: 0.1,0.4", "--canny", "ties.png"], in: place.path)
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("Float64 reference, before canny"))
  }

  @Test("trace shows one pixel's arithmetic") func traces() throws {
    try place.make("k.csv", "1,2\n3,4\n")
    let samples: [UInt8] = [10, 20, 30, 40]
    let image = Image(width: 2, height: 2, layout: .gray, samples: samples)
    try Data(ImageEncoder.encode(image, as: .png)).write(to: URL(filePath: place["four.png"]))
    let outcome = try run("trace --kernel @k.csv four.png 1,1 --scale 0.1")
    #expect(
      outcome.text == """
        k at 1,1 of four.png: uint8 → uint8, edge extend

        gray
          samples     taps     products
          10 20       1 2       10  40
          30 40    ×  3 4   =   90 160
          Σ = 300
          0.1 · Σ = 30
          result 30

        """)
    let json = try run("trace --sobel lane.jpg 0,0 --json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
    #expect((object["channels"] as? [[String: Any]])?.count == 1)
  }

  @Test("trace explains every preset in lines of a hundred columns")
  func tracesEveryPreset() throws {
    for entry in FilterRegistry.all {
      for words in [["--\(entry.name)"], ["--gaussian", "--\(entry.name)", "--per-channel"]] {
        let outcome = try Command.run(["trace"] + words + ["lane.png", "1,2"], in: place.path)
        #expect(outcome.status == 0, "\(words): \(outcome.errors)")
        #expect(outcome.text.contains("  result "), "\(words)")
        for line in outcome.lines { #expect(line.count <= 100, "\(words): \(line)") }
      }
    }
    let canny = try run("trace --canny 20,60 lane.png 32,24")
    for word in [
      "gx = (", "magnitude |gx| + |gy| = ", "direction ", "thresholds low 20, high 60: ",
    ] {
      #expect(canny.text.contains(word), "\(word): \(canny.text)")
    }
    #expect(try run("trace --threshold 20 lane.png 3,3").text.contains("> 20: above the level"))
    #expect(try run("trace --kirsch lane.png 3,3").text.contains("Σ1 … Σ8 = "))
    #expect(try run("trace --gaussian 5 lane.png 3,3").text.contains("… and 951 more"))
    let median = try run("trace --median 21 --gray lane.png 3,3 --per-channel")
    #expect(median.status == 0)
  }

  @Test("presets lists all, and shows one with its frequency response")
  func showsPresets() throws {
    let list = try run("presets")
    for entry in FilterRegistry.all { #expect(list.text.contains("  \(entry.name) ")) }
    let one = try run("presets sobel-x -o response.png")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.text.contains("-2  0  2") && one.text.contains("-1020 … 1020"))
    #expect(one.text.contains("separable:       yes"))
    #expect(try place.image("response.png").width > 256)
    try place.make("k.mat", "2 1 4 0\n1 3\n")
    let file = try run("presets k.mat --json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: file.output) as? [String: Any])
    #expect(object["scale"] as? Double == 0.25)
    #expect(try run("presets gaussian 2").text.contains("13×13"))
  }

  @Test("spectrum draws the picture's frequencies") func drawsASpectrum() throws {
    let outcome = try run("spectrum lane.jpg")
    #expect(outcome.status == 0 && outcome.text == "lane.spectrum.png\n", "\(outcome.errors)")
    let plain = try run("spectrum lane.jpg --window none --plain -o plain.png")
    #expect(plain.status == 0)
    let image = try place.image("plain.png")
    #expect(image.width == 64 && image.height == 48)
    let huge = try Command.shell(
      "printf 'P5 9000 8000 255\\n' > huge.pgm; truncate -s 72000017 huge.pgm; "
        + "\"$VIZCNN\" spectrum huge.pgm", in: place.path)
    #expect(huge.status == 6, "\(huge.errors)")
    #expect(huge.errors.contains("9000×8000 pixels are more than the limit of 64000000"))
    #expect(huge.errors.contains("cut a part out of it"))
  }

  @Test("the responses come as .npy, beside the same picture as without")
  func writesResponses() throws {
    _ = try run("filter --sobel-x lane.png -o a.png")
    let outcome = try run("filter --sobel-x lane.png -o b.png --npy")
    #expect(outcome.lines == ["b.png", "b.npy"], "\(outcome.errors)")
    #expect(try place.data("a.png") == place.data("b.png"))
    let array = try NumPyArray(npy: Array(place.data("b.npy")))
    #expect(array.shape == [48, 64])
    #expect((array.doubles.min() ?? 0) < 0, "cut off at 0")
    _ = try run("filter --sobel-x --per-channel lane.png -o c.png --npy")
    #expect(try NumPyArray(npy: Array(place.data("c.npy"))).shape == [48, 64, 3])
  }

  @Test("responses that float32 cannot hold are told") func warnsOfInfinities() throws {
    let outcome = try Command.run(
      ["filter", "--kernel", "1x1: 1e300", "lane.png", "-o", "inf.png", "--npy"], in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("9216 responses are no finite numbers in inf.npy"))
    #expect(!(try run("filter --sobel lane.png -o fine.png --npy").errors.contains("finite")))
  }

  @Test("cut off responses are told, with the way out") func warnsOfClipping() throws {
    let outcome = try run("filter --sobel-x lane.png")
    #expect(outcome.errors.contains("--display abs|offset|normalize|signed or --offset N"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
    for way in ["abs", "offset", "normalize", "signed"] {
      #expect(try run("filter --sobel-x --scale 0.1 lane.png --display \(way)").errors == "")
    }
    #expect(try run("filter --gaussian 2 lane.png").errors == "")
    let quiet = try run("filter --sobel-x lane.png -q")
    #expect(quiet.errors == "" && quiet.text == "lane.sobel-x.png\n")
  }

  @Test("a colour profile is kept, or its loss is told") func tellsOfLostProfiles() throws {
    // A picture of the codec tests that carries a profile.
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let source = fixtures.appending(path: "VizImageTests/Fixtures/Codecs/rgb.png")
    try Data(contentsOf: source).write(to: URL(filePath: place["profile.png"]))
    for (name, isLost) in [("kept.png", false), ("kept.jpg", false), ("lost.bmp", true)] {
      let outcome = try Command.run(
        ["filter", "--identity", "profile.png", "-o", name], in: place.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("colour profile") == isLost, "\(name): \(outcome.errors)")
    }
  }

  @Test("how many responses lay below and above is counted") func countsClipping() throws {
    let samples = [UInt8](repeating: 0, count: 20) + [UInt8](repeating: 200, count: 80)
    let image = Image(width: 100, height: 1, layout: .gray, samples: samples)
    try Data(ImageEncoder.encode(image, as: .png)).write(to: URL(filePath: place["step.png"]))
    let start = "warning: step.png: "
    let cases = [
      ("--kernel 2", "80 % of 100 responses were cut off, 0 below 0 and 80 above 255", "--scale"),
      ("--kernel -1", "80 % of 100 responses were cut off, 80 below 0 and 0 above", "--offset"),
      (
        "--kernel -2 --scale -1 --offset -1",
        "100 % of 100 responses were cut off, 20 below 0 and 80", "--display"
      ),
      (
        "--kernel -1 --display offset", "80 % of 100 responses were cut off, 80 below 0 and 0",
        "signed"
      ),
      (
        "--kernel -2 --display abs", "80 % of 100 responses were cut off, 0 below 0 and 80",
        "signed"
      ),
    ]
    for (words, message, way) in cases {
      let outcome = try run("filter \(words) step.png")
      #expect(outcome.errors.hasPrefix(start + message), "\(outcome.errors)")
      #expect(outcome.errors.contains(way) && outcome.errors.hasSuffix("shows them\n"))
    }
  }

  @Test("-v tells how long a picture took, -q keeps results") func tellsTimes() throws {
    let outcome = try run("filter --box lane.png -v -q")
    let pattern =
      #/lane\.png: decode [\d.]+ ms, filter [\d.]+ ms, encode [\d.]+ ms; [\d.]+ ms in all\n/#
    #expect(outcome.errors.wholeMatch(of: pattern) != nil, "\(outcome.errors)")
    #expect(outcome.text == "lane.box.png\n")
    #expect(try run("spectrum lane.png -q").text == "lane.spectrum.png\n")
    #expect(try run("presets sobel-x -q").text == run("presets sobel-x").text)
    #expect(try run("verify --box lane.png -q").text.contains("proven"))
  }

  @Test("a contact sheet names the values") func titlesSheets() throws {
    let titles = try ["--box 3", "--box 5"].map { step in
      let outcome = try run("filter \(step) --edge all lane.png")
      #expect(outcome.text == "lane.box.edges.png\n", "\(outcome.errors)")
      let sheet = try place.image("lane.box.edges.png")
      return sheet.samples(as: UInt8.self).prefix(24 * sheet.width * sheet.layout.channels)
    }
    #expect(titles[0] != titles[1])
    let chain = try FilterChain([
      FilterStep(preset: "gaussian", values: [1.4]),
      FilterStep(preset: "canny", values: [50, 150]),
      FilterStep(preset: "gray"),
    ])
    #expect(chain.title == "gaussian 1.4, canny 50,150, gray")
    #expect(chain.name == "gaussian-canny-gray")
  }

  @Test("a file whose name reads as flags is refused, not taken apart") func meetsDashes() throws {
    try place.make("-dash.png", "no picture")
    let outcome = try Command.run(["filter", "--sobel-x", "-dash.png"], in: place.path)
    #expect(outcome.status == 2 && outcome.text == "")
    #expect(outcome.errors.contains("./-dash.png"))
    #expect(try Command.run(["filter", "--sobel-x", "./-dash.png"], in: place.path).status == 4)
  }

  @Test("--json prints one object for each picture") func speaksJSON() throws {
    try place.make("bad.png", "no picture")
    let outcome = try run("filter --sobel-x --gray lane.png bad.png lane.jpg --json -o out/")
    #expect(outcome.status == 2, "two results with one name")
    let second = try run("filter --sobel-x --gray lane.png bad.png --json")
    #expect(second.status == 1)
    let objects = try second.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["status"] as? String } == ["ok", "error"])
    #expect(objects[0]["output"] as? String == "lane.sobel-x-gray.png")
    #expect(objects[0]["filters"] as? [String] == ["sobel-x", "gray"])
    #expect(objects[0]["gray"] as? Bool == true)
    #expect((objects[0]["ms"] as? [String: Double])?.count == 4)
    #expect((objects[1]["error"] as? [String: Any])?["code"] as? Int == 4)
  }

  @Test("--explain says how and why") func explains() throws {
    let outcome = try run("filter --sobel-x --explain")
    #expect(outcome.status == 0)
    #expect(outcome.text.contains("int16 sums") && outcome.text.contains("-1020 … 1020"))
    let beside = try run("filter --sobel-x lane.png --explain -q")
    #expect(beside.errors.contains("int16 sums") && beside.text == "lane.sobel-x.png\n")
    // The step that nobody wrote, and steps that are no kernels.
    #expect(outcome.lines[0].hasPrefix("0. gray, because sobel-x is about brightness"))
    let median = try run("filter --median 5 --canny --explain --per-channel")
    #expect(
      median.lines[0]
        == "1. median: windows of 5×5, uint8 → uint8: by sorting, 79 operations a sample")
    #expect(
      median.lines[2].hasPrefix("2. canny: windows of 3×3, uint8 → uint8: ")
        && median.lines.count == 5)
  }

  @Test("the version names libraries and the instruction set") func tellsItsVersion() throws {
    let outcome = try run("--version")
    #expect(outcome.text.hasPrefix("vizcnn 0.1.0\nlibpng "))
    #expect(outcome.text.contains("OpenCV ") && outcome.text.contains("libjpeg-turbo "))
    #expect(outcome.text.contains("instruction set \(Engine.instructionSet)"))
    let forced = try Command.run(
      ["--version"], in: place.path, environment: ["VIZCNN_ISA": "baseline"])
    #expect(forced.text.contains("instruction set baseline of "))
  }

  @Test("the same bytes for any number of threads") func doesNotDependOnThreads() throws {
    let lines = ["--gaussian 1.4 --sobel", "--median 5", "--canny", "--log --display normalize"]
    for line in lines {
      var results: Set<Data> = []
      for jobs in [1, 2, 5] {
        let outcome = try run("filter \(line) lane.png -o j.png -q --jobs \(jobs)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        results.insert(try place.data("j.png"))
      }
      #expect(results.count == 1, "\(line)")
    }
  }
}
