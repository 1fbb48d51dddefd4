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
    _ output: String, isResuming: Bool = false, epochs: Int = 3, seed: UInt64 = 4
  ) throws -> TrainingPlan {
    TrainingPlan(
      net: isResuming ? nil : scratch["small.net"], data: try DataSource("mnist:\(scratch.path)"),
      options: TrainingOptions(
        epochs: epochs, batchSize: 16, rate: 0.01, validationShare: 0.2, seed: seed),
      output: scratch[output], isResuming: isResuming, command: "vizcnn train", jobs: 2)
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
      var rest = try TrainingRun(plan("\(name).ckpt", isResuming: true))
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
    var longer = try TrainingRun(plan("short.ckpt", isResuming: true, epochs: 3))
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

  @Test("another run, other data, another kind of file and no run at all are told")
  func refusals() throws {
    #expect(throws: PipelineError.self) { try TrainingRun(plan("none.ckpt", isResuming: true)) }
    #expect(throws: PipelineError.self) { try TrainingRun(plan("a.onnx")) }
    try finish("a.ckpt")
    #expect(throws: PipelineError.self) {
      try TrainingRun(plan("a.ckpt", isResuming: true, seed: 5))
    }
    try scratch.makeDigits(100, seed: 9)
    #expect(throws: PipelineError.self) { try TrainingRun(plan("a.ckpt", isResuming: true)) }
    try scratch.write([1, 2, 3], to: "foreign.ckpt")
    #expect(throws: PipelineError.self) { try TrainingRun(plan("foreign.ckpt")) }
    #expect(try scratch.bytes("foreign.ckpt") == [1, 2, 3])
  }

  @Test("what is lost beside the state is made again, or told")
  func lostFiles() throws {
    try finish("a.ckpt")
    try FileManager.default.removeItem(atPath: scratch["a.metrics.jsonl"])
    var longer = try TrainingRun(plan("a.ckpt", isResuming: true, epochs: 4))
    _ = try longer.run()
    let lines = String(decoding: try scratch.bytes("a.metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 4)
    for (i, line) in lines.enumerated() {
      #expect(line.hasPrefix(#"{"epoch":\#(i + 1),"#))
    }
    try FileManager.default.removeItem(atPath: scratch["a.ckpt"])
    let longest = try plan("a.ckpt", isResuming: true, epochs: 5)
    do throws(PipelineError) {
      _ = try TrainingRun(longest)
      Issue.record("the best network is gone, and nobody says so")
    } catch {
      guard case .file(.missing(scratch["a.ckpt"])) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("a state that was changed is told, and never trusted")
  func damaged() throws {
    var run = try TrainingRun(plan("a.ckpt", epochs: 1))
    _ = try run.run()
    let bytes = try scratch.bytes("a.last.ckpt")
    let text = try #require(bytes.firstRange(of: Array(#"steps\":5"#.utf8)))
    var wrong = bytes
    wrong[text.upperBound - 1] = UInt8(ascii: "x")
    // A step that no epoch has: there are five.
    let step = try #require(bytes.firstRange(of: Array(#"\"step\":0"#.utf8)))
    var late = bytes
    late[step.upperBound - 1] = UInt8(ascii: "5")
    for broken in [wrong, late, Array(bytes.prefix(bytes.count / 2)), []] {
      try scratch.write(broken, to: "a.last.ckpt")
      #expect(throws: PipelineError.self) { try TrainingRun(plan("a.ckpt", isResuming: true)) }
    }
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
