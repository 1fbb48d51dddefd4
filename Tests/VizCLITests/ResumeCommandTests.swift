import Foundation
import Testing
import VizCNN

@Suite("vizcnn train --resume")
struct ResumeCommandTests {
  private let place: Workplace

  /// Each of them other than what there is by default.
  private static let options = [
    "--optimizer", "sgd", "--momentum", "0.8", "--nesterov", "--lr", "0.02", "--weight-decay",
    "0.001", "--schedule", "step", "--every", "2", "--factor", "0.5", "--label-smoothing", "0.1",
    "--clip-norm", "5", "--patience", "9", "--validation", "0.2", "--seed", "3", "--batch-size",
    "8", "--augment", "RandomCrop(8, padding=1), ColorJitter(0.2)", "--snapshots", "4",
  ]

  init() throws {
    place = try Workplace()
    try place.make(
      "small.net",
      "conv: Conv2d(1, 2, 3)\nflatten: Flatten()\ndrop: Dropout(0.1)\nfc: Linear(72, 4)\n")
    try place.makeRows("photos", count: 15)
  }

  private func train(_ words: String...) throws -> Command.Outcome {
    try Command.run(["train"] + words, in: place.path)
  }

  private func begin(_ output: String, epochs: Int) throws {
    let words = ["train", "--data", "folder:photos", "--net", "small.net", "-o", output, "-q"]
    let outcome = try Command.run(
      words + ["--epochs", "\(epochs)"] + Self.options, in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("knows the data, the network and all options of the run")
  func knowsTheRun() throws {
    try begin("whole.ckpt", epochs: 4)
    try begin("a.ckpt", epochs: 2)
    let first = try place.data("a.last.ckpt")
    let lines: [[String]] = [
      ["--resume", "a.ckpt"], ["--resume", "a.last.ckpt", "--jobs", "1", "--workers", "0"],
      ["--data", "folder:photos/", "--net", "small.net", "--resume", "a.ckpt"],
    ]
    for line in lines {
      try first.write(to: URL(filePath: place["a.last.ckpt"]))
      let rest = try Command.run(["train"] + line + ["--epochs", "4", "--force"], in: place.path)
      #expect(rest.status == 0, "\(line): \(rest.errors)")
      #expect(rest.errors.hasPrefix("epoch 3/4: "))
      #expect(rest.lines.last == "a.kernels.apng")
      #expect(try place.tensors("a.last.ckpt") == place.tensors("whole.last.ckpt"), "\(line)")
      #expect(try place.metrics("a.metrics.jsonl") == place.metrics("whole.metrics.jsonl"))
    }
    // What has ended says how it becomes longer, and is not changed.
    let ended = try place.data("a.last.ckpt")
    let again = try train("--resume", "a.ckpt")
    #expect(again.status == 0)
    #expect(
      again.errors == "the run has ended after epoch 4; more --epochs make it longer\n")
    #expect(try place.data("a.last.ckpt") == ended)
  }

  /// Expects that the run in a.ckpt does not go on, and is left as it is.
  @discardableResult
  private func refuses(_ message: String, _ words: String...) throws -> Command.Outcome {
    let before = try place.data("a.last.ckpt")
    let outcome = try Command.run(
      ["train", "--resume", "a.ckpt", "--epochs", "2"] + words, in: place.path)
    #expect(
      outcome.status == 2 && outcome.errors.hasPrefix("error: \(message)\n"),
      "\(words): \(outcome.errors)")
    #expect(try place.data("a.last.ckpt") == before)
    return outcome
  }

  @Test("refuses what is given and differs, and names no more than that")
  func differences() throws {
    try begin("a.ckpt", epochs: 1)
    try refuses(
      "the stored run has another --lr: 0.02 instead of 0.5; another --seed: 3 instead of 4",
      "--seed", "4", "--lr", "0.5")
    try refuses(
      "the stored run has another --momentum: 0.8 instead of 0.5", "--momentum", "0.5",
      "--optimizer", "sgd")
    try refuses(
      "the stored run has another --every: 2 instead of 3", "--every", "3", "--factor", "0.5")
    try refuses(
      "the stored run has another --snapshots: 4 instead of 2", "--snapshots", "2")
    try refuses(
      "the stored run has another --augment: RandomCrop(size=8, padding=1), "
        + "ColorJitter(brightness=0.2) instead of RandomCrop(size=8)", "--augment", "RandomCrop(8)")
    try refuses(
      "the stored run has another --optimizer: sgd instead of adam", "--optimizer", "adam")
    try refuses(
      "the stored run has another --epochs: 1 instead of 2; another --schedule: step instead of cosine",
      "--schedule", "cosine", "--warm-up", "5")
    try refuses(
      "the stored run has another --label-smoothing: 0.1 instead of 0.2", "--label-smoothing", "0.2"
    )
    try refuses(
      "the stored run has another --clip-norm: 5 instead of 6", "--clip-norm", "6")
    try refuses("--warm-up is for --schedule cosine", "--warm-up", "5")
    try place.make("other.net", "flatten: Flatten()\nfc: Linear(64, 4)\n")
    try refuses(
      "the stored run has another network: conv: Conv2d(in_channels=1, out_channels=2, "
        + "kernel_size=(3, 3))(input) instead of flatten: Flatten()(input)", "--net", "other.net")
  }

  @Test("finds data that were moved where --data says they are")
  func moved() throws {
    try place.makeDigits("digits", count: 60)
    try place.make("digits.net", "flatten: Flatten()\nfc: Linear(64, 10)\n")
    let first = try train(
      "--data", "mnist:digits", "--net", "digits.net", "-o", "d.ckpt", "--epochs", "1",
      "--schedule", "constant")
    #expect(first.status == 0, "\(first.errors)")
    try FileManager.default.moveItem(atPath: place["digits"], toPath: place["moved"])
    let lost = try train("--resume", "d.ckpt", "--epochs", "2")
    #expect(
      lost.status == 3
        && lost.errors == """
          error: digits/train-images-idx3-ubyte: no such file
          hint: --data mnist:FOLDER says where the data of the run are now

          """,
      "\(lost.errors)")
    let found = try train("--resume", "d.ckpt", "--epochs", "2", "--data", "mnist:moved")
    #expect(found.status == 0, "\(found.errors)")
    #expect(
      try train("--resume", "d.ckpt", "--epochs", "3").status == 0, "the new place is forgotten")
  }

  @Test("says which data have other contents, how far they differ, and the way out")
  func changed() throws {
    try begin("a.ckpt", epochs: 1)
    func hints(_ outcome: Command.Outcome) {
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.count == 2 && lines[1].contains("--data"), "\(outcome.errors)")
    }
    // Two pictures of another level change places.
    let picture = try place.data("photos/row0/3.png")
    try place.make("photos/row0/3.png", [UInt8](try place.data("photos/row0/4.png")))
    let changed = "folder:photos: the contents have changed since the checkpoint was written"
    hints(try refuses(changed))
    try FileManager.default.removeItem(atPath: place["photos/row0/3.png"])
    hints(try refuses(changed + ": 59 pictures instead of 60"))
    try place.make("photos/row0/3.png", [UInt8](picture))
    try FileManager.default.copyItem(atPath: place["photos"], toPath: place["other"])
    try FileManager.default.moveItem(atPath: place["other/row2"], toPath: place["other/top"])
    hints(
      try refuses(
        "folder:other: the contents are not those that the run learned from at folder:photos: the "
          + "classes row0, row1, row3, top instead of the classes row0, row1, row2, row3",
        "--data", "folder:other"))
    try FileManager.default.moveItem(atPath: place["other/top"], toPath: place["other/row2"])
    try FileManager.default.removeItem(atPath: place["photos"])
    let moved = try train("--resume", "a.ckpt", "--epochs", "2", "--data", "folder:other")
    #expect(moved.status == 0, "\(moved.errors)")
  }

  @Test("a best network that is lost is told, and the next one takes its place")
  func lostBest() throws {
    try begin("a.ckpt", epochs: 1)
    try FileManager.default.removeItem(atPath: place["a.ckpt"])
    let ended = try train("--resume", "a.last.ckpt")
    let start = "warning: a.ckpt: no such file: the best network so far, of epoch 1, is lost; "
    #expect(ended.status == 0 && !ended.lines.contains("a.ckpt"))
    #expect(ended.errors.hasPrefix(start + "more --epochs make another\n"), "\(ended.errors)")
    let rest = try train("--resume", "a.last.ckpt", "--epochs", "2")
    #expect(rest.status == 0 && rest.lines.first == "a.ckpt")
    #expect(
      rest.errors.hasPrefix(start + "the best of the epochs from here on takes its place\n"),
      "\(rest.errors)")
    #expect(rest.errors.contains(", the best so far\n"))
    try begin("c.ckpt", epochs: 1)
    try place.make("d.net", "conv: Conv2d(1, 2, 5)\nflatten: Flatten()\nfc: Linear(32, 4)\n")
    let other = try train("--data", "folder:photos", "--net", "d.net", "-o", "d.ckpt", "-q")
    #expect(other.status == 0, "\(other.errors)")
    try place.make("c.ckpt", [UInt8](try place.data("d.ckpt")))
    let mixed = try train("--resume", "c.last.ckpt", "--epochs", "3")
    #expect(mixed.status == 2, "\(mixed.errors)")
    #expect(mixed.errors.hasPrefix("error: c.ckpt: it is no network of the run in c.last.ckpt\n"))
  }

  @Test("a damaged checkpoint beside a good one is told with the way on, and that leads on")
  func damaged() throws {
    try begin("a.ckpt", epochs: 1)
    let (best, last) = (try place.data("a.ckpt"), try place.data("a.last.ckpt"))
    func fails(_ name: String, status: Int32, hint: String) throws {
      for resumed in ["a.ckpt", "a.last.ckpt"] {
        let outcome = try train("--resume", resumed, "--epochs", "2")
        let lines = outcome.errors.split(separator: "\n")
        #expect(outcome.status == status && lines.count == 2, "\(outcome.errors)")
        #expect(lines.first?.hasPrefix("error: \(name): ") ?? false, "\(outcome.errors)")
        #expect(lines.last?.hasPrefix("hint: \(hint)") ?? false, "\(outcome.errors)")
      }
    }
    func flipped(_ bytes: Data) -> [UInt8] {
      var bytes = [UInt8](bytes)
      bytes[bytes.count - 9] ^= 2
      return bytes
    }
    for bytes in [[], Array("words".utf8), [UInt8](best.dropLast(100)), flipped(best)] {
      try place.make("a.ckpt", bytes)
      try fails("a.ckpt", status: 4, hint: "move it away, and the run goes on without the best")
      try FileManager.default.removeItem(atPath: place["a.ckpt"])
      let rest = try train("--resume", "a.ckpt", "--epochs", "2")
      #expect(rest.status == 0 && rest.lines.first == "a.ckpt", "\(rest.errors)")
      try place.make("a.last.ckpt", [UInt8](last))
    }
    try place.make("a.ckpt", [UInt8](best))
    for bytes in [[], [UInt8](last.dropLast(100)), flipped(last), nil] {
      try FileManager.default.removeItem(atPath: place["a.last.ckpt"])
      if let bytes { try place.make("a.last.ckpt", bytes) }
      let hint =
        "a.ckpt is whole, the best network of epoch 1, but a run cannot go on from it; this "
        + "begins it again: vizcnn train "
      try fails("a.last.ckpt", status: bytes == nil ? 3 : 4, hint: hint)
      let told = try train("--resume", "a.ckpt").errors
      let command = try #require(told.split(separator: "vizcnn ").last)
      #expect(command.hasSuffix(" -o again.ckpt\n"))
      // As a shell would read it: the line has no quotes but those of --augment.
      let words = command.dropLast().split(separator: "'").enumerated().flatMap { i, part in
        i % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
      }
      let again = try Command.run(words + ["--force"], in: place.path)
      #expect(again.status == 0, "\(words): \(again.errors)")
      #expect(try place.tensors("again.ckpt") == place.tensors("a.ckpt"))
      if bytes == nil { try place.make("a.last.ckpt", []) }
    }
    // Where both are damaged there is nothing to hint at but that.
    try place.make("a.ckpt", [])
    let both = try train("--resume", "a.ckpt")
    #expect(both.status == 4 && !both.errors.contains("again"), "\(both.errors)")
  }

  @Test("copies go on, and another run is not replaced by one that goes on under its name")
  func names() throws {
    try begin("a.ckpt", epochs: 1)
    try begin("b.ckpt", epochs: 1)
    let other = try place.data("b.last.ckpt")
    let taken = try train("--resume", "a.ckpt", "--epochs", "2", "-o", "b.ckpt")
    #expect(taken.status == 5 && taken.errors.contains("b.ckpt: exists"), "\(taken.errors)")
    #expect(try place.data("b.last.ckpt") == other)
    // Without the mark of who wrote them.
    try place.makeFolder("copy")
    for name in ["a.ckpt", "a.last.ckpt", "a.metrics.jsonl"] {
      try place.make("copy/\(name)", [UInt8](try place.data(name)))
    }
    let copied = try train("--resume", "copy/a.ckpt", "--epochs", "2")
    #expect(copied.status == 0, "\(copied.errors)")
    let spelt = try train("--resume", "./copy/a.ckpt", "-o", "copy/a.ckpt", "--epochs", "3")
    #expect(spelt.status == 0, "\(spelt.errors)")
    let last = try train("--resume", "a.ckpt", "--epochs", "2", "-o", "c.last.ckpt")
    #expect(last.status == 2 && last.errors.contains("name the run c.ckpt"), "\(last.errors)")
  }

  @Test("killed in the middle of epochs again and again, a run ends with the bytes of another")
  func killed() throws {
    // An epoch takes long enough to be in the middle of it.
    try place.make(
      "large.net",
      "flatten: Flatten()\nfc1: Linear(64, 4000)\ndrop: Dropout(0.2)\nfc2: Linear(4000, 4)\n")
    let words = [
      "train", "--data", "folder:../photos", "--net", "../large.net", "-o", "a.ckpt", "--epochs",
      "8", "--batch-size", "1", "--seed", "5", "--augment", "RandomCrop(8, padding=1)",
    ]
    for folder in ["whole", "killed"] {
      try FileManager.default.createDirectory(
        atPath: place[folder], withIntermediateDirectories: false)
    }
    #expect(try Command.run(words, in: place["whole"]).status == 0)
    var next = words
    for epochs in [1, 3, 5] {
      let run = try Command.start(next, in: place["killed"])
      let deadline = Date(timeIntervalSinceNow: 60)
      while (try? place.metrics("killed/a.metrics.jsonl").count) ?? 0 < epochs, Date() < deadline {
        usleep(500)
      }
      usleep(10_000)
      kill(run.process.processIdentifier, SIGKILL)
      #expect(try run.finish().isKilled)
      #expect(try place.metrics("killed/a.metrics.jsonl").count < 8)
      next = ["train", "--resume", "a.ckpt", "--jobs", "\(epochs % 2 + 1)"]
    }
    let rest = try Command.run(next, in: place["killed"])
    #expect(rest.status == 0, "\(rest.errors)")
    for file in ["a.ckpt", "a.last.ckpt", "a.curves.png", "a.curves.svg"] {
      #expect(try place.data("killed/\(file)") == place.data("whole/\(file)"), "\(file)")
    }
    #expect(
      try place.metrics("killed/a.metrics.jsonl") == place.metrics("whole/a.metrics.jsonl"))
  }
}
