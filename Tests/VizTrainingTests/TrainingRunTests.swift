import Foundation
import Testing
import VizCNN
import VizCheckpoint
import VizFiles
import VizInput
import VizNN
import VizTestSupport
import VizTraining

@Suite("Runs of training in files")
struct TrainingRunTests {
  private let scratch: Scratch

  private static let net = """
    conv: Conv2d(1, 4, 3)
    bn: BatchNorm2d(4)
    relu: ReLU()
    flatten: Flatten()
    drop: Dropout(0.2)
    fc: Linear(144, 10)
    """

  init() throws {
    scratch = try Scratch()
    try scratch.makeDigits(100)
    try scratch.write(Array(Self.net.utf8), to: "small.net")
  }

  private func plan(
    _ output: String, resuming: String? = nil, epochs: Int = 3, seed: UInt64 = 4,
    snapshots: Int? = nil
  ) throws -> TrainingPlan {
    TrainingPlan(
      net: resuming != nil ? nil : scratch["small.net"],
      data: try DataSource("mnist:\(scratch.path)"),
      options: TrainingOptions(
        epochs: epochs, batchSize: 16, rate: 0.01, schedule: .constant, validationShare: 0.2,
        seed: seed),
      output: scratch[output], resume: resuming.map { scratch[$0] },
      snapshots: snapshots, command: "vizcnn train", jobs: 2)
  }

  private func finish(_ output: String) throws {
    var run = try TrainingRun(plan(output))
    let isDone = try run.run()
    #expect(isDone)
  }

  @Test("a run that is interrupted anywhere and taken up ends with the same bytes")
  func interrupted() throws {
    try finish("whole.ckpt")
    for steps in [0, 1, 4, 5, 6, 13] {
      let name = "part\(steps)"
      var run = try TrainingRun(plan("\(name).ckpt"))
      var done = 0
      let isDone = try run.run(isInterrupted: { done >= steps }) { event, _ in
        if case .step = event { done += 1 }
      }
      #expect(!isDone)
      var rest = try TrainingRun(plan("\(name).ckpt", resuming: "\(name).ckpt"))
      let isDoneNow = try rest.run()
      #expect(isDoneNow)
      for file in ["ckpt", "last.ckpt"] {
        let (found, whole) = (
          try scratch.bytes("\(name).\(file)"), try scratch.bytes("whole.\(file)")
        )
        #expect(found == whole, "\(steps) steps")
      }
      let lines = String(decoding: try scratch.bytes("\(name).metrics.jsonl"), as: UTF8.self)
        .split(separator: "\n")
      #expect(lines.count == 3 && lines[2].hasPrefix("{\"epoch\":3,"))
    }
  }

  @Test("a run that ended goes on with more epochs, as if it had never ended")
  func longer() throws {
    try finish("whole.ckpt")
    var short = try TrainingRun(plan("short.ckpt", epochs: 1))
    _ = try short.run()
    var longer = try TrainingRun(plan("short.ckpt", resuming: "short.ckpt", epochs: 3))
    _ = try longer.run()
    #expect(try scratch.bytes("short.last.ckpt") == scratch.bytes("whole.last.ckpt"))
  }

  @Test("the best checkpoint is the network of its epoch, with history and facts")
  func contents() throws {
    try finish("a.ckpt")
    let best = try ModelReader().read(scratch["a.ckpt"])
    #expect(best.classNames == (0..<10).map(String.init))
    #expect(best.input?.width == 8 && best.input?.isLightOnDark == true)
    let facts = try #require(best.training?.facts)
    #expect(facts["command"]?.string == "vizcnn train" && facts["seed"]?.string == "4")
    #expect(facts["state"] == nil && best.training?.tensors.isEmpty == true)
    let losses = best.history.compactMap { $0["val_loss"] }
    #expect(losses.count == facts["best_epoch"]?.int)
    let held = DataSplit(try plan("x.ckpt").data.read(.training), validation: 0.2, seed: 4)
    let result = try Evaluation(
      best.network, Loader(try plan("x.ckpt").data.read(.training)), indices: held.validation)
    #expect(result.loss == losses.last)
    let last = try ModelReader().read(scratch["a.last.ckpt"])
    #expect(last.history.count == 3 && last.training?.tensors.isEmpty == false)
  }

  /// A file's bytes as a program writes them that knows of no check sums.
  private func unchecked(_ name: String) throws -> [UInt8] {
    var bytes = try scratch.bytes(name)
    let key = try #require(bytes.firstRange(of: Array("vizcnn_crc32".utf8)))
    bytes.replaceSubrange(key, with: "another_text".utf8)
    return bytes
  }

  /// Expects that a run cannot begin, and what is said about it.
  private func refuses(_ plan: TrainingPlan, _ message: String) {
    let error = #expect(throws: PipelineError.self) { try TrainingRun(plan) }
    #expect(error?.message == message)
  }

  @Test("another run, other data, another kind of file and no run at all are told")
  func refusals() throws {
    refuses(
      try plan("none.ckpt", resuming: "none.ckpt"), "\(scratch["none.last.ckpt"]): no such file")
    #expect(
      PipelineError.training(
        .otherRun([
          .init(part: "a", expected: "1", found: "2"), .init(part: "b", expected: "3", found: "4"),
        ])
      ).message == "the stored run has another a: 2 instead of 1; another b: 4 instead of 3")
    refuses(
      try plan("a.onnx"), "\(scratch["a.onnx"]): a run is stored in a checkpoint")
    try finish("a.ckpt")
    var other = try plan("a.ckpt", resuming: "a.ckpt", seed: 5)
    (other.options.rate, other.options.method) = (0.02, .sgd(momentum: 0.5))
    other.options.patience = 3
    refuses(
      other,
      """
      the stored run has another --optimizer: adam instead of sgd; another --lr: 0.01 instead of \
      0.02; another --seed: 4 instead of 5
      """)
    try scratch.write(Array(Self.net.replacing("(4)", with: "(4, eps=0.1)").utf8), to: "other.net")
    other = try plan("a.ckpt", resuming: "a.ckpt")
    other.net = scratch["other.net"]
    refuses(
      other,
      """
      the stored run has another network: bn: BatchNorm2d(num_features=4)(conv) \
      instead of bn: BatchNorm2d(num_features=4, eps=0.1)(conv)
      """)
    try scratch.makeDigits(100, seed: 9)
    refuses(
      try plan("a.ckpt", resuming: "a.ckpt"),
      "\(other.data.text): the contents have changed since the checkpoint was written")
    try scratch.write([1, 2, 3], to: "foreign.ckpt")
    refuses(
      try plan("foreign.ckpt"),
      "\(scratch["foreign.ckpt"]): exists and was not written by vizcnn")
    #expect(try scratch.bytes("foreign.ckpt") == [1, 2, 3])
  }

  @Test("a run goes on from either of its names, under others where that is wanted")
  func names() throws {
    try finish("whole.ckpt")
    var short = try TrainingRun(plan("a.ckpt", epochs: 2))
    _ = try short.run()
    let first = try scratch.bytes("a.last.ckpt")
    for (name, resumed) in [("b.ckpt", "a.ckpt"), ("c.ckpt", "a.last.ckpt")] {
      var rest = try plan(name, resuming: resumed)
      rest.net = scratch["small.net"]
      var run = try TrainingRun(rest)
      _ = try run.run()
      for suffix in ["ckpt", "last.ckpt"] {
        #expect(
          try scratch.bytes("\(name.dropLast(4))\(suffix)") == scratch.bytes("whole.\(suffix)"))
      }
      let lines = String(
        decoding: try scratch.bytes("\(name.dropLast(5)).metrics.jsonl"), as: UTF8.self)
      #expect(lines.split(separator: "\n").count == 3)
    }
    #expect(try scratch.bytes("a.last.ckpt") == first)
    #expect(TrainingFiles(of: "a.last.ckpt") == TrainingFiles(of: "a.ckpt"))
    try scratch.write(try scratch.bytes("a.ckpt"), to: "d.last.ckpt")
    var lost = try plan("d.ckpt", resuming: "d.ckpt")
    lost.replacesForeignFiles = true
    refuses(
      lost,
      "\(scratch["d.last.ckpt"]): it holds no run that could go on")
  }

  @Test("what is lost beside the state is made again, or told")
  func lostFiles() throws {
    try finish("a.ckpt")
    try FileManager.default.removeItem(atPath: scratch["a.metrics.jsonl"])
    var longer = try TrainingRun(plan("a.ckpt", resuming: "a.ckpt", epochs: 4))
    _ = try longer.run()
    let lines = String(decoding: try scratch.bytes("a.metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 4)
    for (i, line) in lines.enumerated() {
      #expect(line.hasPrefix(#"{"epoch":\#(i + 1),"#))
    }
    try FileManager.default.removeItem(atPath: scratch["a.ckpt"])
    let best = try #require(longer.trainer.state.bestEpoch)
    let lost =
      "\(scratch["a.ckpt"]): no such file: the best network so far, of epoch \(best), is lost; "
    let ended = try TrainingRun(plan("a.ckpt", resuming: "a.ckpt", epochs: 4))
    #expect(ended.warnings == [lost + "more --epochs make another"])
    #expect(!ended.written.contains(scratch["a.ckpt"]))
    // The next epoch's network is there, however large its loss; after that only better ones.
    for resumed in ["a.last.ckpt", "a.ckpt"] {
      let isLost = resumed == "a.last.ckpt"
      var run = try TrainingRun(plan("a.ckpt", resuming: resumed, epochs: isLost ? 5 : 8))
      #expect(
        run.warnings
          == (isLost ? [lost + "the best of the epochs from here on takes its place"] : [])
      )
      _ = try run.run()
      let history = run.trainer.state.history
      let kept = try ModelReader().read(scratch["a.ckpt"])
      let expected = history[4...].min { $0.choice < $1.choice }?.epoch
      #expect(kept.history.count == expected && run.written.contains(scratch["a.ckpt"]))
      #expect(kept.training?.facts["best_epoch"]?.int == expected)
    }
  }

  @Test("another network in the place of the run's best is told, and not shown as its result")
  func foreignBest() throws {
    try finish("a.ckpt")
    var other = try TrainingRun(plan("b.ckpt", epochs: 4, seed: 5))
    _ = try other.run()
    let (own, last) = (try scratch.bytes("a.ckpt"), try scratch.bytes("a.last.ckpt"))
    for epochs in [3, 5] {
      for output in ["a.ckpt", "c.ckpt"] {
        try scratch.write(try scratch.bytes("b.ckpt"), to: "a.ckpt")
        var resumed = try plan(output, resuming: "a.ckpt", epochs: epochs)
        resumed.replacesForeignFiles = true
        refuses(
          resumed,
          "\(scratch["a.ckpt"]): it is no network of the run in \(scratch["a.last.ckpt"])")
      }
    }
    #expect(try scratch.bytes("a.last.ckpt") == last)
    try scratch.write(own, to: "a.ckpt")
    var resumed = try plan("a.ckpt", resuming: "a.ckpt", epochs: 4)
    resumed.replacesForeignFiles = true
    var run = try TrainingRun(resumed)
    #expect(try run.run() && run.warnings.isEmpty)
  }

  @Test("a state that was changed is told, and never trusted")
  func damaged() throws {
    var run = try TrainingRun(plan("a.ckpt", epochs: 1))
    _ = try run.run()
    let bytes = try unchecked("a.last.ckpt")
    let text = try #require(bytes.firstRange(of: Array(#"steps\":5"#.utf8)))
    var wrong = bytes
    wrong[text.upperBound - 1] = UInt8(ascii: "x")
    // A step that no epoch has: there are five.
    let step = try #require(bytes.firstRange(of: Array(#"\"step\":0"#.utf8)))
    var late = bytes
    late[step.upperBound - 1] = UInt8(ascii: "5")
    let tooLate =
      "the stored run has another number of pictures: step 5 instead of 5 steps an epoch"
    let name = scratch["a.last.ckpt"]
    for (broken, start, end) in [
      (
        wrong, "\(name): description of the network, offset ", ": expected a value, found byte 0x78"
      ),
      (late, tooLate, tooLate),
      (
        Array(bytes.prefix(bytes.count / 2)), "\(name): tensor 'training/optimizer.0.fc.weight' ",
        " found"
      ),
      ([], "\(name): not a checkpoint that can be read", ": an empty file"),
    ] {
      try scratch.write(broken, to: "a.last.ckpt")
      var damaged = try plan("a.ckpt", resuming: "a.ckpt")
      damaged.replacesForeignFiles = true
      let error = #expect(throws: PipelineError.self) { try TrainingRun(damaged) }
      let message = error?.message ?? ""
      #expect(message.hasPrefix(start) && message.hasSuffix(end), "\(message)")
    }
  }

  /// With other words in the text before the tensors, whose length the first eight bytes tell.
  private func changed(_ bytes: [UInt8], _ old: String, _ new: String) throws -> [UInt8] {
    var bytes = bytes
    let place = try #require(bytes.firstRange(of: Array(old.utf8)), "\(old)")
    bytes.replaceSubrange(place, with: Array(new.utf8))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let longer = length + new.utf8.count - old.utf8.count
    for i in 0..<8 { bytes[i] = UInt8(truncatingIfNeeded: longer >> (8 * i)) }
    return bytes
  }

  @Test("numbers of a stored run that are too large to reckon with are told")
  func tooLarge() throws {
    var run = try TrainingRun(plan("a.ckpt", epochs: 1))
    _ = try run.run()
    let bytes = try unchecked("a.last.ckpt")
    let name = scratch["a.last.ckpt"]
    let far = Int(0x1p53) - 1
    for (batch, state) in [
      (TrainingOptions.largestBatch, #"\"epoch\":1,\"step\":\#(far)"#),
      (16, #"\"epoch\":\#(far),\"step\":0"#),
    ] {
      let broken = try changed(
        changed(bytes, #"\"batch_size\":16"#, #"\"batch_size\":\#(batch)"#),
        #"\"epoch\":1,\"step\":0"#, state)
      try scratch.write(broken, to: "a.last.ckpt")
      var damaged = try plan("a.ckpt", resuming: "a.ckpt")
      damaged.replacesForeignFiles = true
      damaged.options.batchSize = batch
      refuses(
        damaged,
        "\(name): state of the run: expected what vizcnn train wrote, found other members or tensors"
      )
    }
    for (old, new) in [
      (#"\"batch_size\":16"#, #"\"batch_size\":1000000"#),
      (#"\"validation\":0.2"#, #"\"validation\":1"#),
    ] {
      try scratch.write(try changed(bytes, old, new), to: "a.last.ckpt")
      let error = #expect(throws: PipelineError.self) {
        try TrainingPlan(resuming: name, jobs: 1)
      }
      #expect(
        error?.message
          == "\(name): options of the run: expected what vizcnn train wrote, found others")
      #expect(error?.status == .corrupt)
    }
  }

  @Test("kernels are kept every so many steps, the same where a run was interrupted")
  func snapshots() throws {
    var whole = try TrainingRun(plan("whole.ckpt", snapshots: 2))
    let isDone = try whole.run()
    #expect(isDone)
    #expect(
      Array(whole.written.suffix(2)) == [
        scratch["whole.kernels.png"], scratch["whole.kernels.apng"],
      ])
    for steps in [0, 3, 8] {
      let name = "part\(steps)"
      var part = try TrainingRun(plan("\(name).ckpt", snapshots: 2))
      var done = 0
      _ = try part.run(isInterrupted: { done >= steps }) { event, _ in
        if case .step = event { done += 1 }
      }
      var rest = try TrainingRun(
        plan("\(name).ckpt", resuming: "\(name).ckpt", snapshots: 2))
      _ = try rest.run()
      for file in ["last.ckpt", "kernels.png", "kernels.apng"] {
        #expect(
          try scratch.bytes("\(name).\(file)") == scratch.bytes("whole.\(file)"), "\(steps) steps")
      }
    }
    // 15 steps: before the first, behind every second, and the last.
    #expect(try frames("whole.kernels.apng") == 9)
    refuses(
      try plan("whole.ckpt", resuming: "whole.ckpt", epochs: 4),
      "the stored run has another --snapshots: 2 instead of none")
    // One shape for other steps.
    var bytes = try unchecked("whole.last.ckpt")
    let place = try #require(bytes.firstRange(of: Array(#"\"interval\":2"#.utf8)))
    bytes[place.upperBound - 1] = UInt8(ascii: "4")
    try scratch.write(bytes, to: "whole.last.ckpt")
    var damaged = try plan("whole.ckpt", resuming: "whole.ckpt", epochs: 4, snapshots: 2)
    damaged.replacesForeignFiles = true
    refuses(
      damaged,
      """
      \(scratch["whole.last.ckpt"]): snapshots of the run: expected what vizcnn train wrote, found \
      other members or tensors
      """)
  }

  /// The number of pictures that an animation says it has.
  private func frames(_ name: String) throws -> Int {
    let bytes = try scratch.bytes(name)
    let place = try #require(bytes.firstRange(of: Array("acTL".utf8)))
    return bytes[place.upperBound..<(place.upperBound + 4)].reduce(0) { $0 << 8 | Int($1) }
  }

  @Test("long runs keep a bounded number of kernels, evenly far apart")
  func boundedSnapshots() throws {
    try scratch.write(
      Array("conv: Conv2d(1, 1, 3)\nflatten: Flatten()\nfc: Linear(36, 10)\n".utf8), to: "small.net"
    )
    for (epochs, count) in [(40, 101), (49, 63), (60, 76)] {
      var plan = try plan("a.ckpt", epochs: epochs, snapshots: 2)
      plan.replacesForeignFiles = true
      var run = try TrainingRun(plan)
      _ = try run.run()
      // 200 steps: 0, 2 … 200; 245: 0, 4 … 244, 245; 300: 0, 4 … 300.
      #expect(try frames("a.kernels.apng") == count, "\(epochs) epochs")
    }
  }

  @Test("a network without convolutions has no kernels to show")
  func noKernels() throws {
    try scratch.write(Array("flatten: Flatten()\nfc: Linear(64, 10)\n".utf8), to: "small.net")
    refuses(
      try plan("a.ckpt", snapshots: 2),
      "--snapshots shows the kernels of a convolution, and this network has none")
  }

  @Test("kernels that a .net gives are what training starts from")
  func fixedKernels() throws {
    try scratch.write(
      Array(
        """
        conv: Conv2d(1, 2, 3, kernels=[sobel-x, laplacian])
        flatten: Flatten()
        fc: Linear(72, 10)
        """.utf8), to: "small.net")
    var run = try TrainingRun(plan("a.ckpt", epochs: 1))
    let weight = run.trainer.state.parameters["conv.weight"]
    #expect(
      weight?.values == [-1, 0, 1, -2, 0, 2, -1, 0, 1, 0, 1, 0, 1, -4, 1, 0, 1, 0])
    #expect(run.trainer.state.parameters["fc.weight"]?.shape == [10, 72])
    _ = try run.run()
    #expect(run.trainer.state.parameters["conv.weight"] != weight)
  }

  @Test("a network learns MNIST", .needsData)
  func learnsDigits() throws {
    var plan = try plan("digits.ckpt")
    plan.net = "cnn"
    plan.data = try DataSource("mnist:\(DataFolder.path("mnist"))")
    plan.options = TrainingOptions(epochs: 1, batchSize: 64, validationShare: 0.9, seed: 1)
    var run = try TrainingRun(plan)
    _ = try run.run()
    // 6,000 pictures, once: 94 steps; the whole set is in Documentation/Results.md.
    let accuracy = try #require(run.trainer.state.history.last?.validationAccuracy)
    #expect(accuracy > 0.9)
  }
}
