import Foundation
import Testing
import VizCNN
import VizReference

@testable import VizCLI

/// Every number that the command may end with.
@Suite("Exit status", .serialized)
struct ExitStatusTests {
  let place: Workplace

  init() throws {
    place = try Workplace(width: 32, height: 24)
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  @Test("0: done, help and version") func succeeds() throws {
    for words in [["filter", "--sobel-x", "lane.png"], [], ["--help"], ["--version"], ["presets"]] {
      #expect(try Command.run(words, in: place.path).status == 0, "\(words)")
    }
  }

  @Test("1: some of several inputs failed, and the others are there") func failsInPart() throws {
    try place.make("bad.png", "no picture")
    let outcome = try run("filter", "--sobel-x", "bad.png", "lane.png", "missing.png")
    #expect(outcome.status == 1)
    #expect(outcome.text == "lane.sobel-x.png\n")
    #expect(outcome.errors.contains("error: bad.png: not a picture"))
    #expect(outcome.errors.contains("error: missing.png: no such file"))
  }

  @Test(
    "2: usage",
    arguments: [
      "fliter", "filter", "filter lane.png", "filter sobel lane.png", "filter --sobel-x",
      "filter --sobl-x lane.png",
      "filter --sobel-x --edge reflect lane.png", "filter --sobel-x --edge none lane.png",
      "filter --sobel-x --display what lane.png", "filter --gaussian 99 lane.png",
      "filter --gaussian 1,2 lane.png", "filter --gaussian=x lane.png",
      "filter --kernel 1,x lane.png", "filter --kernel", "filter --sobel-x lane.png -o a.xyz",
      "filter --sobel-x lane.png lane.jpg -o a.png", "filter --sobel-x lane.png lane.jpg",
      "filter --sobel-x - - -o out/", "filter --sobel-x lane.png lane.jpg -o -",
      "filter --sobel-x --anchor 0,0 lane.png", "filter --kernel 1,2 --anchor 2,0 lane.png",
      "filter --kernel 1,2 --anchor 1 lane.png", "filter --median --scale 2 lane.png",
      "filter --sobel-x --edge renormalize lane.png", "filter --box 99 --edge crop lane.png",
      "filter --sobel-x --jobs 0 lane.png", "filter --sobel-x --quality 101 lane.png",
      "filter --sobel-x --quality 90 lane.png", "filter --sobel-x --quality 90 lane.png -o a.bmp",
      "filter --sobel-x --format jpeg lane.png -o a.png", "filter --sobel-x lane.png -o a.pbm",
      "spectrum lane.png --quality 90", "spectrum lane.png --format png -o a.webp",
      "filter --sobel-x --max-pixels 0 lane.png", "filter --sobel-x lane.png -o - --json",
      "filter --sobel-x lane.png -o - --npy", "filter --sobel-x --edge all lane.png --npy",
      "filter --sobel-x --format docx lane.png",
      "verify --sobel-x --edge all lane.png", "trace --sobel-x lane.png 32,0",
      "trace --sobel-x lane.png 1", "trace --sobel-x lane.png", "presets sobl",
      "presets sobel 4", "presets median -o m.png", "presets -o m.png", "spectrum",
      "spectrum lane.png --window hamming",
      "help nope", "help fliter", "--sobel-x lane.png", "lane.png", "filter --identity -1 lane.png",
      "filter --sobel-x --jobs -1 lane.png", "filter --sobel-x --max-pixels -5 lane.png",
      "filter --sobel-x --quality -3 lane.png", "filter --sobel-x --edge -1 lane.png",
      "filter --kernel 1,2 --anchor -1,0 lane.png", "filter --sobel-x --scale nan lane.png",
      "trace --sobel-x lane.png -1,0", "trace --sobel-x lane.png 0,-1", "presets gaussian -2",
      "presets 1,,2", "presets 3x3:1,2", "filter --kernel @- --sobel - -o -",
      "filter --kernel @- --kernel @- lane.png", "filter --sobel-x lane.png ./lane.png",
      "filter --sobel-x lane.png -o x.npy --format png --npy",
      "filter --sobel-x lane.png -o /dev/null --npy", "verify --sobel-x -v lane.png",
    ])
  func refusesMistakes(_ line: String) throws {
    let before = place.names
    let words = line.split(separator: " ").map(String.init)
    let outcome = try Command.run(words, in: place.path, input: place.data("lane.png"))
    #expect(outcome.status == 2, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: ") && outcome.text == "")
    #expect(place.names.filter { $0 != "out" } == before)
  }

  @Test("2: an instruction set that is not there") func refusesInstructionSets() throws {
    let outcome = try Command.run(
      ["filter", "--sobel-x", "lane.png"], in: place.path, environment: ["VIZCNN_ISA": "avx3"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("VIZCNN_ISA=avx3: this machine has baseline"))
  }

  @Test("3: missing or unreadable") func missesInputs() throws {
    #expect(try run("filter", "--sobel-x", "missing.png").status == 3)
    #expect(try run("filter", "--kernel", "@missing.mat", "lane.png").status == 3)
    #expect(try run("filter", "--sobel-x", ".").status == 3)
    #expect(try run("verify", "--sobel-x", "missing.png").status == 3)
    #expect(try run("trace", "--sobel-x", "missing.png", "0,0").status == 3)
    #expect(try run("spectrum", "missing.png").status == 3)
    #expect(try run("presets", "missing.mat").status == 3)
  }

  @Test("4: corrupt or unsupported") func refusesBrokenFiles() throws {
    let png = try place.data("lane.png")
    try png.prefix(png.count / 2).write(to: URL(filePath: place["half.png"]))
    let jpeg = try place.data("lane.jpg")
    try jpeg.prefix(jpeg.count / 2).write(to: URL(filePath: place["half.jpg"]))
    try place.make("empty.png", "")
    try place.make("text.jpg", "words")
    for name in ["half.png", "half.jpg", "empty.png", "text.jpg"] {
      let outcome = try run("filter", "--sobel-x", name)
      #expect(outcome.status == 4, "\(name): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("error: \(name): "))
    }
    try place.make("k.mat", "3 3\n1 2 3\n4 5\n6 7 8\n")
    #expect(try run("filter", "--kernel", "@k.mat", "lane.png").status == 4)
    #expect(!place.names.contains { $0.contains("sobel-x") })
  }

  @Test("5: would overwrite") func refusesToOverwrite() throws {
    try place.make("theirs.png", "not ours")
    #expect(try run("filter", "--sobel-x", "lane.png", "-o", "theirs.png").status == 5)
    #expect(try run("filter", "--sobel-x", "lane.png", "-o", "lane.png", "--force").status == 5)
  }

  @Test("6: over the limit") func refusesLargePictures() throws {
    let outcome = try run("filter", "--sobel-x", "lane.png", "--max-pixels", "700")
    #expect(outcome.status == 6)
    #expect(outcome.errors.contains("hint: --max-pixels N raises the limit"))
    #expect(try run("filter", "--sobel-x", "lane.png", "--max-pixels", "768").status == 0)
  }

  @Test("7: not written") func failsToWrite() throws {
    let outcome = try run("filter", "--sobel-x", "lane.png", "-o", "nowhere/a.png")
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(outcome.errors.contains("hint: the folder does not exist"))
  }

  @Test("70: a result that contradicts its proof is found") func findsViolations() {
    let right = ReferencePlane(width: 2, height: 2, values: [1, 2, 3, 4])
    let wrong = ReferencePlane(width: 2, height: 2, values: [1, 2, 5, 4])
    func row(_ engine: ReferencePlane, isExact: Bool) -> Verification.Row {
      Verification.Row(
        judge: "judge", plane: "gray",
        comparison: ReferenceComparison(engine, with: right, isExact: isExact), decides: isExact)
    }
    let comparison = row(wrong, isExact: true).comparison
    #expect(comparison.violations == 1 && comparison.differing == 1 && comparison.largest == 2)
    #expect(comparison.greatest?.x == 0 && comparison.greatest?.y == 1)
    #expect(comparison.greatest?.engine == 5 && comparison.greatest?.judge == 3)
    #expect(row(wrong, isExact: true).verdict == "VIOLATED")
    #expect(row(wrong, isExact: true).explanation == "gray 0,1: 5, the judge has 3")
    #expect(row(wrong, isExact: false).verdict == "not exact")
    #expect(row(right, isExact: true).verdict == "equal")
    let smaller = ReferencePlane(width: 1, height: 2, values: [1, 3])
    #expect(row(smaller, isExact: true).verdict == "VIOLATED")
    #expect(ExitStatus.internal.rawValue == 70)
  }

  @Test("130: interrupted, without a stray file") func isInterrupted() throws {
    // A pipe that nobody writes to keeps it waiting.
    #expect(mkfifo(place["fifo"], 0o600) == 0)
    // The threads of a test runner hand on blocked signals; env takes them back.
    let running = try Command.start(
      ["--default-signal=INT", Command.path, "filter", "--sobel-x", "fifo", "-o", "a.png"],
      in: place.path, program: "/usr/bin/env")
    usleep(400_000)
    running.process.interrupt()
    let outcome = try running.finish()
    #expect(outcome.status == 130 && !outcome.isKilled, "\(outcome.errors)")
    #expect(place.names == ["fifo", "lane.jpg", "lane.png"])
  }

  @Test("141: quiet when nobody reads any more") func endsWithItsReader() throws {
    let outcome = try Command.shell(
      "{ \"$VIZCNN\" presets gaussian 5; echo $? > status; } | true; cat status", in: place.path)
    #expect(outcome.errors == "")
    #expect(["141\n", "0\n"].contains(outcome.text))
  }
}
