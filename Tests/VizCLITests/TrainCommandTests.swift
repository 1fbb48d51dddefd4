import Foundation
import Testing
import VizCNN

@Suite("vizcnn train and evaluate")
struct TrainCommandTests {
  private let place: Workplace

  private static let net = """
    flatten: Flatten()
    fc1: Linear(64, 24)
    relu: ReLU()
    drop: Dropout(0.1)
    fc2: Linear(24, 4)
    """

  init() throws {
    place = try Workplace()
    try place.make("small.net", Self.net)
    try place.make("wrong.net", "flatten: Flatten()\nfc: Linear(64, 3)\n")
    for part in ["train", "test"] { try place.makeRows("photos/\(part)", count: 15) }
  }

  private func train(_ output: String, _ more: String...) throws -> Command.Outcome {
    try Command.run(
      [
        "train", "--data", "folder:photos", "-o", output, "--batch-size", "8", "--lr", "0.01",
        "--seed", "3",
      ] + more, in: place.path)
  }

  @Test("trains, tells each epoch, and evaluates what it has learned")
  func trains() throws {
    let outcome = try train("a.ckpt", "--net", "small.net", "--epochs", "8")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.lines == [
        "a.ckpt", "a.last.ckpt", "a.metrics.jsonl", "a.curves.png", "a.curves.svg",
      ])
    let curves = try place.image("a.curves.png")
    #expect(curves.width > 900 && curves.height > 300)
    let drawn = String(decoding: try place.data("a.curves.svg"), as: UTF8.self)
    #expect(drawn.hasPrefix("<svg ") && drawn.hasSuffix("</svg>\n"))
    #expect(drawn.contains("best: epoch "))
    let told = outcome.errors.split(separator: "\n")
    #expect(
      told.count == 8 && told[0].hasPrefix("epoch 1/8: loss ") && told[0].contains("held back"))
    let metrics = String(decoding: try place.data("a.metrics.jsonl"), as: UTF8.self)
    let lines = try metrics.split(separator: "\n").map { try JSONValue(json: Array($0.utf8)) }
    let (first, line) = try (#require(lines.first), #require(lines.last))
    // Nothing is said of a schedule: a cosine.
    let rates = try [first, line].map { try #require($0["lr"]?.number) }
    #expect(line["epoch"]?.int == 8 && 0.009 < rates[0] && rates[0] < 0.01 && rates[1] < 1e-4)
    #expect(line["val_loss"]?.number != nil)
    let ended = try train("a.ckpt", "--resume", "a.ckpt")
    #expect(ended.errors == "the run has ended after epoch 8\n")
    let longer = try train("a.ckpt", "--resume", "a.ckpt", "--epochs", "9")
    #expect(longer.status == 2 && longer.errors.contains("hint: a cosine ends with its epochs"))

    let result = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:photos", "--json"], in: place.path)
    let json = try JSONValue(json: Array(result.output))
    #expect(json["pictures"]?.int == 60)
    let accuracy = try #require(json["accuracy"]?.number)
    #expect(accuracy > 0.95 && accuracy <= 1)
    #expect(json["classes"]?.elements?.count == 4)
    #expect(json["confusion"]?.elements?.compactMap { $0.ints?.reduce(0, +) } == [15, 15, 15, 15])

    let table = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:photos", "-o", "report"], in: place.path)
    #expect(table.status == 0 && table.lines[0].hasPrefix("class"))
    #expect(table.text.contains("row2") && table.text.contains("report/confusion.png"))
    // All shares with two digits behind the point.
    let shares = table.lines.filter { $0.hasSuffix(" %") }
    #expect(shares.count == 5 && shares.allSatisfy { $0.dropLast(4).last == "." }, "\(shares)")
    let picture = try place.image("report/confusion.png")
    #expect(picture.width > 4 * 48)
    // A file in the way of the folder is told before anything is computed.
    let blocked = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:nowhere", "-o", "a.curves.png"], in: place.path)
    #expect(blocked.status == 2 && blocked.errors.contains("a.curves.png is a file"))
    // What a network got wrong is drawn too.
    let untrained = try Command.run(
      [
        "train", "--data", "folder:photos", "--net", "small.net", "-o", "b.ckpt", "--lr", "1e-9",
        "--epochs", "1", "-q",
      ], in: place.path)
    #expect(untrained.status == 0 && untrained.errors == "")
    _ = try Command.run(
      ["evaluate", "b.ckpt", "--data", "folder:photos", "-o", "worse/"], in: place.path)
    #expect(try place.image("worse/mistakes.png").width > 200)
  }

  @Test("a run that is killed, or interrupted, goes on with --resume to the same bytes")
  func resumes() throws {
    let epochs = ["--epochs", "60"]
    #expect(try train("whole.ckpt", "--net", "small.net", epochs[0], epochs[1]).status == 0)
    let ends: [(String, Int32, Int32?)] = [("killed", SIGKILL, nil), ("stopped", SIGINT, 130)]
    for (name, signal, status) in ends {
      let run = try Command.start(
        [
          "train", "--data", "folder:photos", "--net", "small.net", "-o", "\(name).ckpt",
          "--batch-size", "8", "--lr", "0.01", "--seed", "3",
        ] + epochs, in: place.path)
      // As soon as there is something to go on from.
      let deadline = Date(timeIntervalSinceNow: 60)
      let file = place["\(name).last.ckpt"]
      while !FileManager.default.fileExists(atPath: file), Date() < deadline { usleep(500) }
      kill(run.process.processIdentifier, signal)
      let outcome = try run.finish()
      if let status, outcome.status != 0 {
        #expect(
          outcome.status == status && outcome.errors.contains("--resume stopped.ckpt goes on"),
          "\(outcome.errors)")
      }
      let rest = try Command.run(
        [
          "train", "--data", "folder:photos", "--resume", "\(name).ckpt", "--batch-size", "8",
          "--lr", "0.01", "--seed", "3", "--jobs", "1",
        ] + epochs, in: place.path)
      #expect(rest.status == 0, "\(rest.errors)")
      // The command is in it, with the name of its output.
      for file in ["ckpt", "last.ckpt"] {
        #expect(
          try place.tensors("\(name).\(file)") == place.tensors("whole.\(file)"), "\(name).\(file)")
      }
    }
  }

  @Test("a run is replaced only where that is asked for, and needs a folder that is there")
  func replaces() throws {
    let short = ["--net", "small.net", "--epochs", "1"]
    #expect(try train("a.ckpt", short[0], short[1], short[2], short[3]).status == 0)
    let kept = try place.data("a.ckpt")
    let again = try train("a.ckpt", short[0], short[1], short[2], short[3], "--seed", "9")
    #expect(again.status == 5 && again.errors.contains("a.ckpt: exists, and a new run"))
    #expect(again.errors.contains("--resume") && again.errors.contains("--force"))
    #expect(try place.data("a.ckpt") == kept)
    let forced = try train("a.ckpt", short[0], short[1], short[2], short[3], "--lr", "1", "--force")
    #expect(forced.status == 0)
    #expect(try place.data("a.ckpt") != kept)
    let lost = try train("nodir/a.ckpt", short[0], short[1], short[2], short[3])
    #expect(lost.status == 7 && lost.errors.contains("there is no folder nodir/"))
    #expect(lost.errors.contains("mkdir -p nodir/") && !lost.errors.contains("end -o with /"))
    let takesNone = try train("/proc/a.ckpt", short[0], short[1], short[2], short[3])
    #expect(takesNone.status == 7)
    #expect(takesNone.errors.contains("takes no files") && !takesNone.errors.contains("end -o"))
    let small = try Command.run(["layers", "--net", "capsnet", "--small"], in: place.path)
    #expect(small.status == 2)
    #expect(
      small.errors.contains("unknown option '--small'; did you mean '--net capsnet-small'?"))
    let misspelt = try train("b.ckpt", "--nett", "small.net")
    #expect(misspelt.status == 2)
    #expect(misspelt.errors.contains("unknown option '--nett'; did you mean '--net'?"))
    // Words of other programs.
    let foreign = try train("a.ckpt", "--net", "small.net", "--learning-rate", "0.1")
    #expect(foreign.errors.contains("unknown option '--learning-rate'; did you mean '--lr'?"))
  }

  @Test("transforms that do not fit are the caller's mistake")
  func unfit() throws {
    for (transforms, message) in [
      ("RandomCrop(9), CenterCrop(8)", "pad_if_needed=True"),
      ("Normalize([0.5, 0.5, 0.5], [1, 1, 1])", "a Normalize with one mean"),
    ] {
      let outcome = try train(
        "u.ckpt", "--net", "small.net", "--epochs", "1", "--augment", transforms)
      #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("an augmentation that is written in another way is the same run")
  func sameAugmentation() throws {
    let (first, second) = (
      "RandomRotation(10, 'bilinear'), affine(translate=(1, 0))",
      "RandomRotation(10.0, InterpolationMode.BILINEAR), affine(translate=[1.0, 0])"
    )
    #expect(
      try train(
        "s.ckpt", "--net", "small.net", "--epochs", "1", "--schedule", "constant", "--augment",
        first
      ).status == 0)
    let rest = try train("s.ckpt", "--resume", "s.ckpt", "--epochs", "2", "--augment", second)
    #expect(rest.status == 0, "\(rest.errors)")
  }

  @Test("pictures are augmented, the checkpoint says how, and test pictures can be moved")
  func augments() throws {
    let augment = ["--augment", "RandomCrop(8, padding=1), ColorJitter(0.2)"]
    let outcome = try train(
      "a.ckpt", "--net", "small.net", augment[0], augment[1], "--epochs", "1", "--schedule",
      "constant")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = String(decoding: try place.data("a.ckpt"), as: UTF8.self)
    #expect(text.contains("RandomCrop(size=8, padding=1), ColorJitter(brightness=0.2)"))
    // The command in it can be pasted into a shell.
    #expect(text.contains("--augment 'RandomCrop(8, padding=1), ColorJitter(0.2)' --epochs 1"))
    let other = try train(
      "a.ckpt", "--resume", "a.ckpt", "--epochs", "2", "--augment", "RandomCrop(8)")
    #expect(other.status == 2 && other.errors.contains("another --augment"), "\(other.errors)")
    #expect(
      try train("a.ckpt", "--resume", "a.last.ckpt", augment[0], augment[1], "--epochs", "2").status
        == 0)

    func accuracy(_ more: String...) throws -> Double? {
      let words = ["evaluate", "a.ckpt", "--data", "folder:photos", "--json"] + more
      return try JSONValue(json: Array(Command.run(words, in: place.path).output))["loss"]?.number
    }
    let plain = try #require(try accuracy())
    #expect(try accuracy("--augment", "affine()") == plain)
    #expect(try accuracy("--augment", "affine(translate=(0, 3))") != plain)
    let reduced = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:photos", "--augment", "Normalize(0.5, 0.5)"],
      in: place.path)
    #expect(reduced.status == 2 && reduced.errors.contains("the model says how pixels become"))
    let wrong = try train("b.ckpt", "--net", "small.net", "--augment", "RandomCrop(9")
    #expect(wrong.status == 2 && wrong.errors.contains("augmentation, line 1"), "\(wrong.errors)")
  }

  @Test("a model from elsewhere is judged as its input options say, and what is assumed is told")
  func foreignModels() throws {
    #expect(try train("a.ckpt", "--net", "small.net", "--epochs", "4", "-q").status == 0)
    #expect(try Command.run(["convert", "a.ckpt", "w.safetensors"], in: place.path).status == 0)
    try place.make("probabilities.net", Self.net + "\nsoftmax: Softmax(1)\n")
    func evaluate(_ words: String...) throws -> (loss: Double, errors: String) {
      let outcome = try Command.run(
        ["evaluate"] + words + ["--data", "folder:photos", "--json"], in: place.path)
      let loss = try JSONValue(json: Array(outcome.output))["loss"]?.number
      return (try #require(loss, "\(outcome.errors)"), outcome.errors)
    }
    let own = try evaluate("a.ckpt")
    #expect(own.errors == "")
    let input = try #require(try ModelReader().read(place["a.ckpt"]).input)
    let (mean, deviation) = ("\(input.mean[0])", "\(input.standardDeviation[0])")
    let shape = ["--input-shape", "1x8x8"]
    let plain = try evaluate("w.safetensors", "--net", "small.net", shape[0], shape[1])
    #expect(
      plain.errors.contains(
        "w.safetensors: nothing says how pixels become numbers, so black is 0 and white 1"))
    #expect(plain.loss != own.loss)
    let told = try evaluate(
      "w.safetensors", "--net", "small.net", shape[0], shape[1], "--mean", mean, "--std", deviation)
    #expect(told.loss == own.loss && told.errors == "")
    let probabilities = try evaluate(
      "w.safetensors", "--net", "probabilities.net", shape[0], shape[1], "--mean", mean, "--std",
      deviation)
    #expect(
      probabilities.errors
        == "w.safetensors: its outputs are probabilities, so the loss is that of their logarithms\n"
    )
    // A probability is a Float: 2⁻²⁴ of it, and as much again for its sum.
    #expect(abs(probabilities.loss - own.loss) < 1e-5)
  }

  @Test("a disk that is full is told by the file's name, and what was there before stays")
  func fullDisks() throws {
    let first = try train(
      "a.ckpt", "--net", "small.net", "--epochs", "2", "--schedule", "constant", "-q")
    #expect(first.status == 0, "\(first.errors)")
    let files = ["a.ckpt", "a.last.ckpt", "a.metrics.jsonl", "a.curves.png"]
    let before = try files.map { try place.data($0) }
    let words = "--data folder:photos --batch-size 8 --lr 0.01 --seed 3 -q"
    // 4 kB: no checkpoint; 32 kB: no curves.
    for (blocks, file, kept) in [(8, "a.last.ckpt", 4), (64, "a.curves.png", 0)] {
      let outcome = try Command.shell(
        "ulimit -f \(blocks); \"$VIZCNN\" train \(words) --resume a.ckpt --epochs 3",
        in: place.path)
      #expect(outcome.status == 7 && outcome.text == "")
      #expect(outcome.errors.hasPrefix("error: \(file): cannot be written: file too large"))
      for (name, data) in zip(files, before).prefix(kept) {
        #expect(try place.data(name) == data, "\(name)")
      }
      #expect(!place.names.contains { $0.hasPrefix(".") })
    }
    // All that the curves were to show is there.
    let rest = try Command.shell(
      "\"$VIZCNN\" train \(words) --resume a.ckpt --epochs 3", in: place.path)
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try place.data("a.curves.png") != before[3])
  }

  @Test("places that take no files are told before the first step")
  func unwritable() throws {
    try FileManager.default.createDirectory(
      atPath: place["a.metrics.jsonl"], withIntermediateDirectories: false)
    let occupied = try train("a.ckpt", "--net", "small.net", "--epochs", "1")
    #expect(occupied.status == 7, "\(occupied.errors)")
    #expect(occupied.errors.contains("error: a.metrics.jsonl: "), "\(occupied.errors)")
    let nowhere = try train("none/a.ckpt", "--net", "small.net", "--epochs", "1")
    #expect(nowhere.status == 7)
    #expect(nowhere.errors.hasPrefix("error: none/a.ckpt: cannot be written"))
    try FileManager.default.createDirectory(
      atPath: place["locked"], withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o555])
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    // The binary itself may lie in a folder that only root can enter.
    try FileManager.default.copyItem(atPath: Command.path, toPath: place["vizcnn"])
    let locked = try Command.shell(
      "\(user)./vizcnn train --data folder:photos --net small.net -o locked/a.ckpt", in: place.path)
    #expect(locked.status == 7)
    #expect(
      locked.errors.hasPrefix("error: locked/a.last.ckpt: cannot be written: permission denied"))
    #expect(!locked.errors.contains("epoch"))
  }

  @Test("on a terminal one line tells how far the run is, and fits it", arguments: [100, 60, 12])
  func liveLine(columns: Int) throws {
    let terminal = try Terminal(columns: columns)
    // An epoch of many tenths of a second.
    try place.make("large.net", "flatten: Flatten()\na: Linear(64, 40000)\nb: Linear(40000, 4)\n")
    let run = try Command.start(
      [
        "train", "--data", "folder:photos", "--net", "large.net", "-o", "a.ckpt", "--epochs",
        "20000", "--batch-size", "1", "--validation", "0",
      ], in: place.path, errors: terminal.end)
    // The line is taken away before the next words.
    let clearing = "\r\u{1B}[K"
    let text = terminal.read(until: clearing, count: 3)
    kill(run.process.processIdentifier, SIGKILL)
    _ = try run.finish()
    let lines = text.components(separatedBy: clearing).dropLast()
      .compactMap { $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last }
      .map(String.init)
    #expect(lines.count >= 3)
    for line in lines {
      #expect(!line.isEmpty && line.count < columns, "\(line)")
      #expect(line.hasPrefix("epoch "), "\(line)")
      #expect(line.contains(" images/s") == (columns == 100), "\(line)")
      #expect(line.contains("accuracy") == (columns == 100), "\(line)")
      #expect(line.hasSuffix(" left") == (columns > 12), "\(line)")
      #expect(line.contains(" %: loss ") == (columns > 12), "\(line)")
    }
  }

  @Test("outputs that are no numbers are told, and how many pictures have them")
  func noNumbers() throws {
    try place.make("linear.net", "flatten: Flatten()\nfc: Linear(64, 4)\n")
    #expect(try train("a.ckpt", "--net", "linear.net", "--epochs", "4", "-q").status == 0)
    let input = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:photos", "--size", "9"], in: place.path)
    #expect(input.status == 2 && input.errors.hasPrefix("error: a.ckpt: "), "\(input.errors)")
    #expect(!input.errors.contains("hint:"), "\(input.errors)")
    // The first pixel is bright where the class is row0: its output of row1 leaves the range of numbers.
    var trained = try ModelReader().read(place["a.ckpt"])
    let weight = try #require(trained.network.parameters["fc.weight"])
    var values = weight.values
    values[64] = .greatestFiniteMagnitude
    trained.network = try Network(
      trained.network.architecture,
      parameters: trained.network.parameters.merging([
        "fc.weight": Tensor(shape: weight.shape, values: values)
      ]) { $1 })
    try trained.write(to: place["b.ckpt"], format: .checkpoint)
    let words = ["evaluate", "b.ckpt", "--data", "folder:photos"]
    let outcome = try Command.run(words + ["-o", "report"], in: place.path)
    #expect(outcome.status == 0)
    #expect(
      outcome.errors
        == "warning: b.ckpt: outputs for 15 of 60 pictures are NaN or infinite, picture 0 the first\n"
    )
    #expect(outcome.lines.contains("loss nan") || outcome.lines.contains("loss inf"))
    let json = try JSONValue(
      json: Array(Command.run(words + ["--json", "-q"], in: place.path).output))
    // What has no loss stands before all that has one, by the pictures' numbers.
    let losses = try #require(json["mistakes"]?.elements).map { $0["loss"]?.number ?? .infinity }
    #expect(losses.count >= 15 && losses == losses.sorted(by: >))
    let pictures = json["mistakes"]?.elements?.prefix(15).compactMap { $0["picture"]?.int }
    #expect(pictures == Array(0..<15))
    let usual = try Command.run(["evaluate", "a.ckpt"] + words.dropFirst(2), in: place.path)
    #expect(usual.status == 0 && usual.errors == "")
  }

  @Test("a warm-up longer than the run, and a share of no picture, are told with both numbers")
  func warnings() throws {
    let words = ["--net", "small.net", "--epochs", "2", "--schedule", "cosine", "--warm-up"]
    func errors(_ output: String, _ more: String...) throws -> String {
      let outcome = try Command.run(
        ["train", "--data", "folder:photos", "-o", output] + words + more, in: place.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.errors
    }
    // 54 pictures, or 60, are one step of an epoch each.
    let warning = "warning: --warm-up takes 2 steps and the run has 2: the learning rate grows"
    #expect(try errors("a.ckpt", "2").hasPrefix(warning))
    #expect(try !errors("b.ckpt", "1").contains("warning:"))
    #expect(try !errors("c.ckpt", "2", "-q").contains("warning:"))
    #expect(
      try errors("d.ckpt", "1", "--validation", "0.001").hasPrefix(
        "warning: --validation 0.001 of 60 pictures holds none back: "))
    #expect(try !errors("e.ckpt", "1", "--validation", "0").contains("warning:"))
  }

  @Test("mistakes are told with what was expected")
  func mistakes() throws {
    func fails(_ status: Int32, _ message: String, _ words: String...) throws {
      let outcome = try Command.run(words, in: place.path)
      #expect(
        outcome.status == status && outcome.errors.contains(message), "\(words): \(outcome.errors)")
    }
    try fails(
      2, "did you mean 'folder'?", "train", "--data", "foldr:x", "--net", "cnn", "-o", "x.ckpt")
    try fails(2, "--data does it", "train", "--net", "small.net", "-o", "x.ckpt")
    try fails(2, "--net does it", "train", "--data", "folder:photos", "-o", "x.ckpt")
    try fails(2, "-o does it", "train", "--data", "folder:photos", "--net", "small.net")
    try fails(2, "--resume needs a name", "train", "--data", "folder:photos", "--resume", "")
    try fails(3, "x.last.ckpt: no such", "train", "--data", "folder:photos", "--resume", "x.ckpt")
    try fails(3, "no such file", "train", "--data", "mnist:nowhere", "--net", "cnn", "-o", "x.ckpt")
    try fails(2, ".ckpt", "train", "--data", "folder:photos", "--net", "small.net", "-o", "x.onnx")
    try fails(
      2, "4 outputs", "train", "--data", "folder:photos", "--net", "wrong.net", "-o", "x.ckpt")
    try fails(
      1, "the loss is", "train", "--data", "folder:photos", "--net", "small.net", "-o", "x.ckpt",
      "--optimizer", "sgd", "--lr", "1e38")
    try place.picture("photos/train/row1/odd.png", width: 9, height: 8)
    try fails(
      4, "expected 8×8", "train", "--data", "folder:photos", "--net", "small.net", "-o", "x.ckpt")
    #expect(!place.names.contains("x.ckpt"))
  }
}
