import Foundation
import Testing
import VizCNN

/// No data is lost, whatever happens.
@Suite("Files are safe", .serialized)
struct SafetyTests {
  let place: Workplace

  init() throws {
    place = try Workplace(width: 64, height: 48)
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  @Test("an input is never overwritten, by no name") func keepsInputs() throws {
    let original = try place.data("lane.png")
    try FileManager.default.linkItem(atPath: place["lane.png"], toPath: place["hard.png"])
    try FileManager.default.createSymbolicLink(
      atPath: place["soft.png"], withDestinationPath: "lane.png")
    for name in ["lane.png", "./lane.png", "hard.png", "soft.png"] {
      let outcome = try run("filter", "--sobel-x", "lane.png", "-o", name, "--force")
      #expect(outcome.status == 5, "\(name): \(outcome.errors)")
      #expect(outcome.errors.contains("is an input and is never overwritten"))
    }
    #expect(try place.data("lane.png") == original)
    // The results of a first run are inputs of a second.
    #expect(try run("filter", "--sobel-x", "lane.png").status == 0)
    let second = try run("filter", "--sobel-x", "lane.png", "lane.sobel-x.png")
    #expect(second.status == 1 && second.text == "lane.sobel-x.sobel-x.png\n")
    // Kernel files and responses are no exception.
    try place.make("k.npy", "1 2 3")
    let third = try run("filter", "--kernel", "@k.npy", "lane.png", "-o", "k.png", "--npy")
    #expect(third.status == 5, "\(third.errors)")
    try place.make("k.mat", "3 1\n1 2 3\n")
    let fourth = try run(
      "filter", "--kernel", "@k.mat", "lane.png", "-o", "k.mat", "--format", "png", "--force")
    #expect(fourth.status == 5 && fourth.errors.contains("is an input"), "\(fourth.errors)")
  }

  @Test("a foreign file stays, an earlier result goes") func tellsFilesApart() throws {
    try place.make("theirs.png", "precious")
    let refused = try run("filter", "--sobel-x", "lane.png", "-o", "theirs.png")
    #expect(refused.status == 5 && refused.errors.contains("--force"))
    #expect(try String(decoding: place.data("theirs.png"), as: UTF8.self) == "precious")
    #expect(try run("filter", "--sobel-x", "lane.png", "-o", "theirs.png", "--force").status == 0)
    #expect(try place.image("theirs.png").width == 64)
    for name in ["ours.png", "ours.jpg", "ours.ppm"] {
      #expect(try run("filter", "--sharpen", "lane.png", "-o", name).status == 0)
      let again = try run("filter", "--box", "lane.png", "-o", name)
      #expect(again.status == 0, "\(name): \(again.errors)")
    }
    try place.make("r.npy", "precious")
    #expect(try run("filter", "--sobel-x", "lane.png", "-o", "r.png", "--npy").status == 5)
    #expect(!place.names.contains("r.png"), "written although its responses could not be")
  }

  @Test("a file size limit leaves the old file and nothing else") func survivesFullDisks() throws {
    try place.picture("big.png", width: 600, height: 400)
    #expect(try run("filter", "--sharpen", "big.png", "-o", "a.png").status == 0)
    let (old, before) = (try place.data("a.png"), place.names)
    let outcome = try Command.shell(
      "ulimit -f 8; \"$VIZCNN\" filter --box big.png -o a.png", in: place.path)
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: a.png: cannot be written: file too large"))
    #expect(try place.data("a.png") == old)
    #expect(place.names == before)
  }

  @Test("picture and responses appear both or not at all") func writesBothOrNeither() throws {
    try place.picture("big.png", width: 600, height: 400)
    // A picture of one gray compresses into the limit, its responses do not.
    let before = place.names
    let outcome = try Command.shell(
      "ulimit -f 64; \"$VIZCNN\" filter --kernel 0 big.png -o a.png --npy", in: place.path)
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: a.npy: cannot be written: file too large"))
    #expect(outcome.text == "" && place.names == before)
    #expect(try run("filter", "--kernel", "0", "big.png", "-o", "a.png", "--npy").status == 0)
    #expect(place.names == (before + ["a.npy", "a.png"]).sorted())
  }

  @Test("a closed stream is never taken for a file") func reservesStreams() throws {
    let whole = try run("filter", "--box", "lane.png", "-o", "whole.png")
    #expect(whole.status == 0)
    let cases = [("2>&-", 1), (">&-", 7), ("<&-", 1), ("<&- >&- 2>&-", 7)]
    for (closed, status) in cases {
      let outcome = try Command.shell(
        "\"$VIZCNN\" filter --box none.png lane.png -o out/ \(closed); exit $?", in: place.path)
      #expect(outcome.status == status, "\(closed): \(outcome.errors)")
      #expect(try place.data("out/lane.box.png") == place.data("whole.png"), "\(closed)")
    }
  }

  @Test("names that would move the cursor are shown escaped") func escapesNames() throws {
    for name in ["a\nb.png", "\u{1B}[2J.png"] {
      let outcome = try run("filter", "--sobel-x", name)
      #expect(outcome.status == 3)
      #expect(outcome.errors == "error: \(printable(name)): no such file\n")
      #expect(!printable(name).contains { $0 == "\n" || $0 == "\u{1B}" })
    }
    try FileManager.default.copyItem(atPath: place["lane.png"], toPath: place["a\n% -b.png"])
    let outcome = try run("filter", "--box", "a\n% -b.png")
    #expect(outcome.status == 0 && outcome.text == "a\n% -b.box.png\n", "\(outcome.errors)")
  }

  @Test(
    "a full disk leaves the old file and nothing else",
    .enabled(if: getuid() == 0, "mounting needs root; a limit on the size of files stands in"))
  func survivesATinyFileSystem() throws {
    try place.picture("big.png", width: 600, height: 400)
    try FileManager.default.createDirectory(
      atPath: place["disk"], withIntermediateDirectories: false)
    let mounted = try Command.shell("mount -t tmpfs -o size=64k tmpfs disk", in: place.path)
    // Containers may forbid it; the limit above is the same test by other means.
    guard mounted.status == 0 else { return }
    defer { _ = try? Command.shell("umount disk", in: place.path) }
    #expect(try run("filter", "--sobel-x", "lane.png", "-o", "disk/a.png").status == 0)
    let old = try place.data("disk/a.png")
    let outcome = try run("filter", "--sharpen", "big.png", "-o", "disk/a.png")
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(outcome.errors.contains("no space left on device"))
    #expect(try place.data("disk/a.png") == old)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place["disk"]) == ["a.png"])
  }

  @Test("a folder that may not be written") func respectsPermissions() throws {
    try FileManager.default.createDirectory(
      atPath: place["locked"], withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o555])
    try FileManager.default.createDirectory(
      atPath: place["open"], withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o777])
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    // The binary itself may lie in a folder that only root can enter.
    try FileManager.default.copyItem(atPath: Command.path, toPath: place["vizcnn"])
    let outcome = try Command.shell(
      "\(user)./vizcnn filter --sobel-x lane.png -o locked/a.png", in: place.path)
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(outcome.errors.contains("locked/a.png: cannot be written: permission denied"))
    let other = try Command.shell(
      "\(user)./vizcnn filter --sobel-x lane.png -o open/a.png", in: place.path)
    #expect(other.status == 0, "\(other.errors)")
    let unreadable = try Command.shell(
      "chmod 0 lane.jpg; \(user)./vizcnn filter --sobel-x lane.jpg", in: place.path)
    #expect(unreadable.status == 3, "\(unreadable.errors)")
  }

  @Test("killed during a batch, there are whole files only") func survivesKilling() throws {
    var names: [String] = []
    for i in 0..<12 {
      names.append("p\(i).png")
      try place.picture("p\(i).png", width: 160, height: 120, seed: i)
    }
    for delay in [60_000, 150_000, 300_000] as [UInt32] {
      let running = try Command.start(
        ["filter", "--gaussian", "2", "--sobel"] + names + ["-o", "out/"], in: place.path)
      usleep(delay)
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.finish()
      let results =
        (try? FileManager.default.contentsOfDirectory(atPath: place["out"])) ?? []
      for name in results where !name.hasPrefix(".") {
        #expect(try place.image("out/\(name)").width == 160, "\(name) is not whole")
      }
    }
    // What is left does not stand in the way of the next run.
    let outcome = try Command.run(
      ["filter", "--gaussian", "2", "--sobel"] + names + ["-o", "out/"], in: place.path)
    #expect(outcome.status == 0 && outcome.lines.count == 12, "\(outcome.errors)")
  }

  @Test("a batch prints in the order of its inputs") func keepsOrder() throws {
    var names: [String] = []
    for i in 0..<9 {
      names.append("p\(i).png")
      try place.picture("p\(i).png", width: i % 2 == 0 ? 200 : 8, height: 60, seed: i)
    }
    for jobs in ["1", "2", "5"] {
      let outcome = try Command.run(
        ["filter", "--box", "-o", "out/", "--jobs", jobs] + names, in: place.path)
      #expect(outcome.lines == names.map { "out/\($0.dropLast(4)).box.png" })
    }
  }

  @Test("device files are written, not replaced") func writesToDevices() throws {
    let outcome = try run("filter", "--sobel-x", "lane.png", "-o", "/dev/null", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }
}
