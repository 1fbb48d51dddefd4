import Foundation
import Testing
import VizCNN

@testable import VizCLI

/// Words that are easy to get wrong.
@Suite("Grammar", .serialized)
struct GrammarTests {
  let place: Workplace

  init() throws {
    place = try Workplace(width: 24, height: 16)
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  @Test("kernels may begin with a minus") func takesNegativeTaps() throws {
    for words in [["--kernel=-1,0,1"], ["--kernel", "-1,0,1"]] {
      let outcome = try Command.run(["filter"] + words + ["lane.png"], in: place.path)
      #expect(outcome.status == 0 && outcome.text == "lane.kernel.png\n", "\(outcome.errors)")
    }
    let kernel = Kernel(rows: [[-1, 0, 1]])
    let expected = try place.image("lane.png").grayscale.convolved(with: kernel)
    #expect(
      try place.image("lane.kernel.png").samples(as: UInt8.self)
        == expected.samples(as: UInt8.self))
  }

  @Test("options may have negative values") func takesNegativeNumbers() throws {
    let outcome = try run("filter", "--sobel-x", "--scale", "-1", "--offset", "-3", "lane.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(
    "numbers out of range are told with what was expected",
    arguments: [
      ("filter --sobel-x --jobs -1", "'-1' is invalid for '--jobs <n>': expected a whole number"),
      (
        "filter --sobel-x -j 2000", "'2000' is invalid for '-j <n>': expected a whole number from 1"
      ),
      ("filter --sobel-x --max-pixels -5", "expected a whole number, 1 or more"),
      (
        "augment --random-rotation 5 --seed 99999999999999999999",
        "expected a whole number from 0 to 9223372036854775807"
      ),
      ("augment --random-rotation 5 --seed -1", "expected a whole number, 0 or more"),
      ("filter --sobel-x --quality -3", "expected a whole number from 1 to 100"),
      ("filter --sobel-x --scale x", "'x' is invalid for '--scale <scale>': expected a number"),
      ("filter --sobel-x --edge -3", "edge mode '-3' is not one of"),
      ("filter --kernel 1,2 --anchor -1,0", "anchor -1,0 lies outside"),
      ("filter --identity -1", "--identity takes no values"),
      ("trace --sobel-x --edge wrap -1,0", "the place -1,0 lies outside of the result"),
    ])
  func refusesNumbers(_ line: String, _ expected: String) throws {
    var words = line.split(separator: " ").map(String.init)
    words.insert("lane.png", at: words[0] == "trace" ? words.count - 1 : words.count)
    let outcome = try Command.run(words, in: place.path)
    #expect(outcome.status == 2 && outcome.errors.contains(expected), "\(outcome.errors)")
  }

  @Test("options that own the next word are those that the help shows with one")
  func knowsOptionsWithValues() throws {
    var found: Set<String> = ["--kernel"]
    let verbs = HelpTests.verbs.map { [$0] } + [["dataset", "fetch"], ["dataset", "show"]]
    for verb in verbs {
      for line in try Command.run(verb + ["--help"], in: place.path).lines
      where line.hasPrefix("  -") {
        let names = line.split(separator: " ").prefix { $0.hasPrefix("-") }
        guard line.contains("\(names.last ?? "") <") else { continue }
        found.formUnion(names.map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) })
      }
    }
    #expect(found == StepRewriter.valueOptions.union(["--kernel"]))
  }

  @Test("--version stands behind any verb") func tellsItsVersionAnywhere() throws {
    let version = try run("--version").text
    #expect(version.hasPrefix("vizcnn "))
    for words in [
      ["filter", "--version"], ["trace", "--sobel", "--version"], ["help", "--version"],
    ] {
      let outcome = try Command.run(words, in: place.path)
      #expect(outcome.status == 0 && outcome.text == version, "\(outcome.errors)")
    }
  }

  @Test(
    "what was meant otherwise is told",
    arguments: [
      ("presets --sobel-x", "vizcnn presets sobel-x shows it"),
      ("filter --kernel sobel lane.png", "sobel is a preset; --sobel applies it"),
      ("filter --canny 10 20 lane.png", "'20' is no file; values follow their step"),
      ("filter --scharr 5 lane.png", "'5' is no file"),
    ])
  func tellsMisreadings(_ line: String, _ expected: String) throws {
    let outcome = try Command.run(line.split(separator: " ").map(String.init), in: place.path)
    #expect(outcome.status == 2 && outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(place.names == ["lane.jpg", "lane.png"])
  }

  @Test("what stands where the verb belongs is answered with an example") func missesTheVerb()
    throws
  {
    #expect(try run("--sobel", "lane.png").errors.contains("vizcnn filter --sobel …"))
    #expect(try run("lane.png").errors.contains("vizcnn filter --sobel-x lane.png"))
    let outcome = try run("help", "fliter")
    #expect(outcome.status == 2 && outcome.errors.contains("did you mean 'filter'?"))
  }

  @Test("--kernel, a preset and -- stand in any order") func mixesOptions() throws {
    let outcome = try run(
      "filter", "lane.png", "--edge", "wrap", "--median", "5", "-o", "a.png", "--kernel", "1,1",
      "--scale=0.5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    try FileManager.default.copyItem(atPath: place["lane.png"], toPath: place["--sobel.png"])
    let second = try run("filter", "--sobel", "-o", "b.png", "--", "--sobel.png")
    #expect(second.status == 0, "\(second.errors)")
  }

  @Test(
    "near misses are named",
    arguments: [
      ("filter --sobl-x lane.png", "--sobel-x"), ("filter --gausian 2 lane.png", "--gaussian"),
      ("filter --sobel-x --egde pad lane.png", "--edge"),
      ("filter -sobel-x lane.png", "--sobel-x"), ("filter --box --edge WRAP lane.png", "wrap"),
      ("filter --sobel-x --edge extent lane.png", "'extend'"),
      ("filter --sobel-x --display sined lane.png", "'signed'"),
      ("filter --sobel-x --format pgn lane.png", "'png'"),
      ("presets gausian", "'gaussian'"), ("help fliter", "'filter'"),
      ("fliter --sobel lane.png", "'filter'"),
    ])
  func suggests(_ line: String, _ suggestion: String) throws {
    let outcome = try Command.run(line.split(separator: " ").map(String.init), in: place.path)
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.lowercased().contains("did you mean \(suggestion)")
        || outcome.errors.lowercased().contains("did you mean '\(suggestion)'"), "\(outcome.errors)"
    )
  }

  @Test("a bare reflect is refused with both diagrams") func refusesReflect() throws {
    let outcome = try run("filter", "--sobel-x", "--edge", "reflect", "lane.png")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("dcba|abcdefgh|hgfe"))
    #expect(outcome.errors.contains("edcb|abcdefgh|gfed"))
  }

  @Test(
    "bad kernel files are shown at the place",
    arguments: [
      ("k.mat", "3 3\n1 2 3\n4 x 6\n7 8 9\n", "k.mat, line 3, column 3: 'x' is no number"),
      ("k.csv", "1,2,3\n4,5\n", "k.csv, line 2, column 1: this row has 2 numbers"),
      ("k.txt", "1 nan 3\n", "k.txt, line 1, column 3: 'nan' is no weight"),
      ("k.im", "3x3: 1,2,3\n", "k.im, line 2, column 1: found 3 numbers; 3x3 needs 9"),
    ])
  func pointsAtMistakes(_ name: String, _ text: String, _ expected: String) throws {
    try place.make(name, text)
    let outcome = try run("filter", "--kernel", "@\(name)", "lane.png")
    #expect(outcome.status == 4)
    #expect(outcome.errors.hasPrefix("error: \(expected)"), "\(outcome.errors)")
  }

  @Test("the caret stands below the mistake") func drawsACaret() throws {
    try place.make("k.mat", "3 3\n1 2 3\n4 x 6\n7 8 9\n")
    let lines = try run("filter", "--kernel", "@k.mat", "lane.png").errors.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1] == "  4 x 6" && lines[2] == "    ^")
  }

  @Test("other bad kernel files") func refusesBadKernels() throws {
    try place.make("empty.csv", "")
    try place.make("wide.csv", [String](repeating: "1", count: 300).joined(separator: ","))
    let arrays: [(String, NumPyArray)] = [
      ("three.npy", NumPyArray(shape: [1, 1, 1], elements: .float([1]))),
      ("nan.npy", NumPyArray(shape: [1, 2], elements: .double([1, .nan]))),
      ("none.npy", NumPyArray(shape: [0, 3], elements: .double([]))),
    ]
    for (name, array) in arrays {
      try Data(array.npy).write(to: URL(filePath: place[name]))
    }
    try Data(arrays[0].1.npy.prefix(20)).write(to: URL(filePath: place["cut.npy"]))
    try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: place["binary.mat"]))
    let names = [
      "empty.csv", "wide.csv", "three.npy", "nan.npy", "none.npy", "cut.npy", "binary.mat",
    ]
    for name in names {
      let outcome = try run("filter", "--kernel", "@\(name)", "lane.png")
      #expect(outcome.status == 4, "\(name): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("error: \(name)"), "\(outcome.errors)")
    }
  }

  @Test("kernels of every file format are the same filter") func readsKernelFiles() throws {
    try place.make("k.mat", "3 1\n-1 0 1\n")
    try place.make("k.csv", "-1,0,1\n")
    try place.make("k.txt", "-1 0 1")
    try place.make("k.im", "3x1: -1,0,1")
    let array = NumPyArray(shape: [1, 3], elements: .int64([-1, 0, 1]))
    try Data(array.npy).write(to: URL(filePath: place["k.npy"]))
    let row = NumPyArray(shape: [3], elements: .float([-1, 0, 1]))
    try Data(row.npy).write(to: URL(filePath: place["row.npy"]))
    var results: Set<Data> = []
    for name in ["k.mat", "k.csv", "k.txt", "k.im", "k.npy", "row.npy"] {
      let outcome = try run("filter", "--kernel", "@\(name)", "lane.png", "-o", "r.png")
      #expect(outcome.status == 0, "\(outcome.errors)")
      results.insert(try place.data("r.png"))
    }
    #expect(results.count == 1)
  }

  @Test("presets shows any kernel that --kernel takes") func showsKernels() throws {
    try place.make("k.mat", "3 1\n-1 0 1\n")
    let array = NumPyArray(shape: [3], elements: .int64([-1, 0, 1]))
    try Data(array.npy).write(to: URL(filePath: place["k.npy"]))
    let expected = try run("presets", "3x1: -1,0,1")
    #expect(expected.status == 0 && expected.text.contains("-1  0  1"), "\(expected.errors)")
    for word in ["-1,0,1", "-1 0 1", "k.mat", "@k.mat", "k.npy", "@k.npy", "./k.npy"] {
      let outcome = try run("presets", word)
      #expect(outcome.status == 0, "\(word): \(outcome.errors)")
      #expect(outcome.text.contains("-1  0  1"), "\(word)")
    }
    let piped = try Command.run(["presets", "-"], in: place.path, input: Data("-1,0,1".utf8))
    #expect(piped.text == expected.text)
    let drawn = try run("presets", "-1,0,1", "-o", "out/")
    #expect(drawn.text.contains("out/kernel.response.png"), "\(drawn.errors)")
    // The kernel is an input.
    let refused = try run("presets", "@k.npy", "-o", "k.npy", "--format", "png", "--force")
    #expect(refused.status == 5 && refused.errors.contains("is an input"))
  }

  @Test("a kernel from standard input is called kernel") func readsAKernelFromAPipe() throws {
    let outcome = try Command.run(
      ["filter", "--kernel", "@-", "lane.png"], in: place.path, input: Data("0,1,0".utf8))
    #expect(outcome.status == 0 && outcome.text == "lane.kernel.png\n", "\(outcome.errors)")
    let twice = try run("filter", "--kernel", "@-", "-")
    #expect(twice.errors.contains("standard input (-) can be read once only"))
  }

  @Test("no preset takes the name of an option", arguments: ["filter", "verify", "trace"])
  func keepsNamesApart(_ verb: String) throws {
    #expect(!FilterRegistry.all.contains { ["kernel", "step"].contains($0.name) })
    let names = try run(verb, "--help").lines.filter { $0.hasPrefix("  -") }.compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("--") }
    }
    #expect(names.count == Set(names).count && names.count > FilterRegistry.all.count)
  }

  @Test("completions offer presets and modes", arguments: ["bash", "zsh", "fish"])
  func completes(_ shell: String) throws {
    let outcome = try run("--generate-completion-script", shell)
    #expect(outcome.status == 0)
    for word in ["sobel-x", "gaussian", "renormalize", "reflect101", "signed", "verify"] {
      #expect(outcome.text.contains(word), "\(word)")
    }
    #expect(!outcome.text.contains("--step"))
  }

  @Test(
    "bash completes what is typed",
    arguments: [
      ("filter --sob", "--sobel --sobel-x --sobel-y"), ("filter --sobel-x --edge m", "mirror"),
      ("filter --sobel-x --box lane.p", "lane.png"), ("presets sobel-", "sobel-x sobel-y"),
      ("spectrum lane.png --window h", "hann"), ("verify --sobel --alpha d", "drop"),
      ("fil", "filter"),
    ])
  func completesInBash(_ typed: String, _ expected: String) throws {
    let script = """
      source <("$VIZCNN" --generate-completion-script bash)
      COMP_LINE="vizcnn \(typed)"; COMP_WORDS=($COMP_LINE); COMP_POINT=${#COMP_LINE}
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
      _vizcnn vizcnn "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}" | sort
      """
    let outcome = try Command.run(
      ["-c", script], in: place.path, program: "/bin/bash",
      environment: ["VIZCNN": Command.path, "LC_ALL": "C"])
    #expect(outcome.lines.joined(separator: " ") == expected, "\(outcome.errors)")
  }

  @Test("colours only where they are asked for") func colorsMessages() throws {
    #expect(try !run("filter", "--sobel-x", "no.png").errors.contains("\u{1B}"))
    let colored = try run("filter", "--sobel-x", "no.png", "--color", "always")
    #expect(colored.errors.hasPrefix("\u{1B}[1;31merror:\u{1B}[0m no.png"))
  }
}
