internal import VizCheckpoint
internal import VizFiles
internal import VizInput
internal import VizNN
internal import VizRender
public import VizTraining

/// A run of training: from data and layers to checkpoints.
public struct TrainingRun: Sendable {
  public let plan: TrainingPlan
  public let files: TrainingFiles
  public private(set) var trainer: Trainer
  private let fingerprint: String
  /// How the run was begun, also where it was taken up since.
  private let command: String
  private var writer: ResultWriter
  private var lines: [String] = []

  /// Reads the data and the network, and where a run is taken up its state.
  public init(_ plan: TrainingPlan) throws(PipelineError) {
    self.plan = plan
    files = TrainingFiles(output: plan.output)
    writer = ResultWriter(
      inputs: [plan.net].compactMap(\.self), replacesForeignFiles: plan.replacesForeignFiles)
    guard CheckpointFormat(path: plan.output) == .checkpoint else {
      throw .request(
        "\(printable(plan.output)): a run is stored in a checkpoint",
        hint: "end the name with .ckpt; vizcnn convert makes .onnx and .safetensors of it")
    }
    for path in files.all { try writer.check(path) }
    let data = try Self.training { () throws(DatasetError) in try plan.data.read(.training) }
    let inputs = data.files + [plan.net].compactMap(\.self)
    writer = ResultWriter(inputs: inputs, replacesForeignFiles: plan.replacesForeignFiles)
    for path in [files.best, files.last, files.metrics] { try writer.check(path) }
    fingerprint = data.fingerprint
    if plan.isResuming {
      let stored = try StoredRun(files.last)
      try stored.check(plan, fingerprint: fingerprint)
      command = stored.command
      let loader = try Self.training { () throws(DatasetError) in
        try Loader(data, input: stored.checkpoint.input, augmentation: plan.augmentation)
      }
      let state = try stored.state(plan.options)
      trainer = try Self.training { () throws(TrainingError) in
        try Trainer(
          stored.checkpoint.network.architecture, loader, options: plan.options,
          resuming: state, jobs: plan.jobs, workers: plan.workers)
      }
      guard trainer.state.bestEpoch == nil || FileKind(files.best) != nil else {
        throw .file(.missing(path: files.best))
      }
      lines = Self.lines(of: files.metrics, trainer.state.history)
    } else {
      command = plan.command
      let augmented = try Self.training { () throws(DatasetError) in
        try Loader(data, augmentation: plan.augmentation)
      }
      let architecture = try Self.architecture(plan, augmented)
      // What draws pixels of 0…1 has to see them as they are.
      let loader =
        architecture.drawsInput
        ? try Self.training { () throws(DatasetError) in
          try Loader(data, input: augmented.input.plain, augmentation: plan.augmentation)
        } : augmented
      trainer = try Self.training { () throws(TrainingError) in
        try Trainer(
          architecture, loader, options: plan.options, jobs: plan.jobs, workers: plan.workers)
      }
    }
  }

  /// What a run tells while it goes on.
  public enum Event: Sendable {
    case step(Trainer.Advance)
    case epoch(EpochMetrics, isBest: Bool)
  }

  /// Trains until all epochs are done, or until somebody interrupts; what is there then is stored.
  ///
  /// - Returns: whether all epochs are done.
  public mutating func run(
    isInterrupted: () -> Bool = { false }, report: (Event, Trainer) -> Void = { _, _ in }
  ) throws(PipelineError) -> Bool {
    let clock = ContinuousClock()
    var start = clock.now
    while !trainer.isDone {
      if isInterrupted() {
        try storeLast()
        return false
      }
      let advance: Trainer.Advance
      do {
        advance = try trainer.advance()
      } catch {
        throw .training(error)
      }
      report(.step(advance), trainer)
      guard let metrics = advance.epoch else { continue }
      let isBest = trainer.state.bestEpoch == metrics.epoch
      let seconds = (clock.now - start) / .seconds(1)
      start = clock.now
      try store(metrics, isBest: isBest, seconds: seconds)
      report(.epoch(metrics, isBest: isBest), trainer)
    }
    try drawCurves()
    return true
  }
}

// MARK: - Reading

extension TrainingRun {
  /// What a checkpoint says of a run without augmentation.
  fileprivate static let noAugmentation = "none"

  private static func training<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(PipelineError) -> Result {
    do {
      return try body()
    } catch let error as DatasetError {
      throw .training(.data(error))
    } catch let error as TrainingError {
      throw .training(error)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// The layers, for pictures and as many classes as the data have.
  private static func architecture(
    _ plan: TrainingPlan, _ loader: Loader
  ) throws(PipelineError) -> Architecture {
    guard let net = plan.net else {
      throw .request("no network is named", hint: "name one with --net")
    }
    let (data, input) = (loader.data, loader.input)
    if let entry = try? Zoo.entry(named: net) {
      do {
        return try entry.architecture(
          channels: input.channels, height: input.height, width: input.width,
          classes: data.classNames.count)
      } catch {
        throw .request("\(data.source): \(error)", hint: nil)
      }
    }
    return try ModelReader(
      net: net, inputShape: [input.channels, input.height, input.width]
    ).layersOfNet().architecture
  }

  /// A line for every epoch that is done: the file's own, or where that is lost what the state knows.
  private static func lines(of path: String, _ history: [EpochMetrics]) -> [String] {
    let bytes = (try? FileContents.read(path, limit: 1 << 24)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    let known = Dictionary(
      lines.compactMap { line in
        (try? JSONValue(json: Array(line.utf8)))?["epoch"]?.int.map { ($0, line) }
      }
    ) { $1 }
    return history.map { known[$0.epoch] ?? JSONValue.object($0.members).text }
  }
}

// MARK: - Writing

extension TrainingRun {
  private mutating func store(
    _ metrics: EpochMetrics, isBest: Bool, seconds: Double
  ) throws(PipelineError) {
    // The state comes last: a run that is killed before it does all of this again.
    if isBest { try write(facts(of: nil), [:], to: files.best) }
    lines.append(JSONValue.object(metrics.members + [("seconds", .number(seconds))]).text)
    do {
      try AtomicFile.write(
        Array((lines.joined(separator: "\n") + "\n").utf8), to: files.metrics, marked: true)
    } catch {
      throw .file(error)
    }
    try storeLast()
  }

  private func drawCurves() throws(PipelineError) {
    let state = trainer.state
    let curves = LearningCurves(
      title: "\(OutputPlan.stem(of: plan.output)): \(plan.data.text)",
      epochs: state.history.map {
        LearningCurves.Epoch(
          number: $0.epoch, loss: $0.loss, accuracy: $0.accuracy, heldLoss: $0.validationLoss,
          heldAccuracy: $0.validationAccuracy)
      }, best: state.bestEpoch)
    try writer.write(curves.image(), to: .file(files.curves), as: .png)
    try writer.write(Array(curves.svg().utf8), to: .file(files.curvesSVG))
  }

  private func storeLast() throws(PipelineError) {
    try write(facts(of: trainer.state), trainer.state.tensors, to: files.last)
  }

  private func facts(of state: TrainingState?) -> JSONValue {
    .object(
      [
        ("command", .string(command)), ("data", .string(plan.data.text)),
        ("fingerprint", .string(fingerprint)), ("seed", .string("\(plan.options.seed)")),
        ("options", .string(plan.options.identity)),
        ("augmentation", .string(plan.augmentation?.text ?? Self.noAugmentation)),
        ("best_epoch", trainer.state.bestEpoch.map { .int($0) } ?? .null),
      ] + (state.map { [("state", $0.json)] } ?? []))
  }

  private func write(
    _ facts: JSONValue, _ tensors: [String: Tensor], to path: String
  ) throws(PipelineError) {
    let history = trainer.state.history.map { epoch in
      Dictionary(uniqueKeysWithValues: epoch.values.map { ($0.name, $0.value) })
    }
    let network: Network
    do {
      network = try trainer.network()
    } catch {
      throw .training(error)
    }
    let checkpoint = Checkpoint(
      network: network, input: trainer.loader.input,
      classNames: trainer.loader.data.classNames, history: history,
      training: TrainingRecord(facts: facts, tensors: tensors))
    do {
      try checkpoint.write(to: path, format: .checkpoint)
    } catch {
      throw .checkpoint(file: path, error)
    }
  }
}

/// A run that was stored.
private struct StoredRun {
  let path: String
  let checkpoint: Checkpoint
  let record: TrainingRecord

  init(_ path: String) throws(PipelineError) {
    self.path = path
    checkpoint = try ModelReader().read(path)
    guard let record = checkpoint.training, record.facts["state"] != nil else {
      throw .request(
        "\(printable(path)): it holds no run that could go on",
        hint: "vizcnn train writes one beside its results, as NAME.last.ckpt")
    }
    self.record = record
  }

  var command: String { record.facts["command"]?.string ?? "" }

  /// Whether the stored run is the one that is asked for.
  func check(_ plan: TrainingPlan, fingerprint: String) throws(PipelineError) {
    for (part, name, expected) in [
      ("data", "fingerprint", fingerprint), ("options", "options", plan.options.identity),
      (
        "augmentation", "augmentation", plan.augmentation?.text ?? TrainingRun.noAugmentation
      ),
    ] {
      let found = record.facts[name]?.string ?? TrainingRun.noAugmentation
      guard found == expected else {
        throw .training(.otherRun(part: part, expected: expected, found: found))
      }
    }
  }

  func state(_ options: TrainingOptions) throws(PipelineError) -> TrainingState {
    guard let json = record.facts["state"],
      let state = TrainingState(
        json, tensors: record.tensors, network: checkpoint.network, options: options)
    else {
      throw .checkpoint(
        file: path,
        .corrupt(
          part: "state of the run", offset: nil, expected: "what vizcnn train wrote",
          found: "other members or tensors"))
    }
    return state
  }
}

extension EpochMetrics {
  fileprivate var members: [(String, JSONValue)] {
    values.map { ($0.name, .number($0.value)) }
  }
}
