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
  /// What whoever asked for this run should know, a sentence each.
  public private(set) var warnings: [String] = []
  public private(set) var trainer: Trainer
  private let fingerprint: String
  /// How the run was begun, also where it was taken up since.
  private let command: String
  private var writer: ResultWriter
  private var lines: [String] = []
  /// The best network so far, where it has yet to be stored under this run's name.
  private var kept: Checkpoint?
  /// The epoch of the best network that is there: of all epochs, or of those since it was lost.
  private var keptEpoch: Int?
  private var snapshots: KernelSnapshots?

  /// Reads the data and the network, and where a run is taken up its state.
  public init(_ plan: TrainingPlan) throws(PipelineError) {
    self.plan = plan
    let files = TrainingFiles(output: plan.output)
    self.files = files
    let results = files.all(snapshots: plan.snapshots != nil)
    let resumed = plan.resume.map { TrainingFiles(of: $0) }
    let goesOn = resumed.map { $0 == files || FileIdentity.sameFile($0.last, files.last) } ?? false
    // A run's own files may have lost the mark of who wrote them, as copies do.
    let replaces = plan.replacesForeignFiles || goesOn
    writer = ResultWriter(
      inputs: [plan.net].compactMap(\.self), replacesForeignFiles: replaces)
    guard CheckpointFormat(path: plan.output) == .checkpoint else {
      throw .request(
        "\(printable(plan.output)): a run is stored in a checkpoint",
        hint: "end the name with .ckpt; vizcnn convert makes .onnx and .safetensors of it")
    }
    guard TrainingFiles(of: plan.output) == files else {
      throw .request(
        "\(printable(plan.output)): a name that ends in .last.ckpt is for the state to go on from",
        hint: "name the run \(printable(TrainingFiles(of: plan.output).best))")
    }
    try Self.checkFolder(of: plan.output)
    for path in results { try writer.check(path) }
    // A run that has not ended its first epoch has learned nothing yet.
    if !replaces, FileKind(files.best) == .file {
      throw .earlierRun(file: files.best)
    }
    let data = try Self.data(plan)
    let inputs = data.files + [plan.net].compactMap(\.self)
    writer = ResultWriter(inputs: inputs, replacesForeignFiles: replaces)
    for path in results { try writer.check(path) }
    fingerprint = data.fingerprint
    if let name = plan.resume {
      let stored = try StoredRun(of: name)
      command = stored.command
      trainer = try stored.trainer(plan, data)
      snapshots = try stored.snapshots(of: trainer)
      if let bestEpoch = trainer.state.bestEpoch {
        if let best = try stored.best() {
          let epoch = best.history.count
          keptEpoch = epoch > trainer.state.epoch ? bestEpoch : epoch
          if stored.files.best != files.best { kept = best }
        } else {
          warnings.append(Self.lost(stored.files.best, bestEpoch, trainer))
        }
      }
      lines = Self.lines(of: stored.files.metrics, trainer.state.history)
    } else {
      command = plan.command
      trainer = try Self.trainer(plan, data)
      snapshots = try plan.snapshots.map { (every) throws(PipelineError) in
        try KernelSnapshots(every: every, of: trainer)
      }
    }
    warnings += [warmUpWarning(), validationWarning()].compactMap(\.self)
  }

  /// The files that are there when all epochs are done.
  public var written: [String] {
    files.all(snapshots: plan.snapshots != nil).filter { $0 != files.best || keptEpoch != nil }
  }

  /// Of a warm-up that leaves no step for the cosine behind it.
  private func warmUpWarning() -> String? {
    let steps = plan.options.epochs * trainer.stepsPerEpoch
    guard case .cosine(let warmUpSteps, _) = plan.options.schedule, warmUpSteps >= steps,
      !trainer.isDone
    else { return nil }
    return "--warm-up takes \(warmUpSteps) steps and the run has \(steps): the learning rate "
      + "grows to the end, and no cosine follows"
  }

  /// Of a share that is too small for so few pictures.
  private func validationWarning() -> String? {
    let share = plan.options.validationShare
    guard share > 0, trainer.split.validation.isEmpty, !trainer.isDone else { return nil }
    return
      "--validation \(share) of \(trainer.loader.data.count) pictures holds none back: the best "
      + "epoch is chosen by the loss of those that the network learns from"
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
    if let kept { try write(kept, to: files.best) }
    // Before the first step, so that a folder that takes no files is told at once.
    if !trainer.isDone { try storeLast() }
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
      try snapshots?.take(trainer)
      report(.step(advance), trainer)
      guard let metrics = advance.epoch else { continue }
      let isBest = isBest(metrics)
      if isBest { keptEpoch = metrics.epoch }
      let seconds = (clock.now - start) / .seconds(1)
      start = clock.now
      try store(metrics, isBest: isBest, seconds: seconds)
      report(.epoch(metrics, isBest: isBest), trainer)
    }
    try drawCurves()
    try drawKernels()
    return true
  }

  /// Whether an epoch has a smaller loss than that of the network which is kept.
  private func isBest(_ metrics: EpochMetrics) -> Bool {
    guard let keptEpoch else { return true }
    return metrics.choice < trainer.state.history[keptEpoch - 1].choice
  }
}

// MARK: - Reading

extension TrainingRun {
  private static func data(_ plan: TrainingPlan) throws(PipelineError) -> DataSet {
    do {
      return try plan.data.read(.training)
    } catch .file(.missing(let path)) where plan.resume != nil {
      throw .training(.lostData(plan.data.kind, .file(.missing(path: path))))
    } catch {
      throw .training(.data(error))
    }
  }

  private static func trainer(
    _ plan: TrainingPlan, _ data: DataSet
  ) throws(PipelineError) -> Trainer {
    let augmented = try training { () throws(DatasetError) in
      try Loader(data, augmentation: plan.augmentation)
    }
    guard let layers = try plan.layers(augmented) else {
      throw .request("no network is named", hint: "name one with --net")
    }
    // What draws pixels of 0…1 has to see them as they are.
    if layers.architecture.drawsInput, plan.augmentation?.normalizes ?? false {
      throw .request(
        "Normalize in --augment: the network draws its input, and takes pixels as numbers of 0…1",
        hint: "leave Normalize out")
    }
    let loader =
      layers.architecture.drawsInput
      ? try training { () throws(DatasetError) in
        try Loader(data, input: augmented.input.plain, augmentation: plan.augmentation)
      } : augmented
    return try training { () throws(TrainingError) in
      try Trainer(
        layers.architecture, loader, options: plan.options, parameters: layers.fixedParameters,
        jobs: plan.jobs, workers: plan.workers)
    }
  }

  private static func lost(_ file: String, _ epoch: Int, _ trainer: Trainer) -> String {
    "\(printable(file)): no such file: the best network so far, of epoch \(epoch), is lost; "
      + (trainer.isDone
        ? "more --epochs make another" : "the best of the epochs from here on takes its place")
  }

  /// Told before the data are read: the folder's name may be mistyped.
  private static func checkFolder(of output: String) throws(PipelineError) {
    let folder = String(OutputPlan.folder(of: output))
    guard folder.isEmpty || Folder.exists(folder) else {
      throw .noFolder(folder, file: output)
    }
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
      title: "\(OutputPlan.stem(of: plan.output)): \(plan.data.shortText)",
      epochs: state.history.map {
        LearningCurves.Epoch(
          number: $0.epoch, loss: $0.loss, accuracy: $0.accuracy, heldLoss: $0.validationLoss,
          heldAccuracy: $0.validationAccuracy)
      }, best: keptEpoch)
    try writer.write(curves.image(), to: .file(files.curves), as: .png)
    try writer.write(Array(curves.svg().utf8), to: .file(files.curvesSVG))
  }

  private func drawKernels() throws(PipelineError) {
    guard let growth = try snapshots?.growth(trainer) else { return }
    try writer.write(growth.beforeAndAfter(), to: .file(files.kernels), as: .png)
    let animation: [UInt8]
    do throws(ImageError) {
      animation = try growth.animation(jobs: plan.jobs)
    } catch {
      throw .image(file: files.kernelGrowth, error)
    }
    try writer.write(animation, to: .file(files.kernelGrowth))
  }

  private func storeLast() throws(PipelineError) {
    let tensors = trainer.state.tensors.merging(snapshots?.tensors ?? [:]) { $1 }
    try write(facts(of: trainer.state), tensors, to: files.last)
  }

  private func facts(of state: TrainingState?) -> JSONValue {
    .object(
      [
        ("command", .string(command)), ("data", .string(plan.data.text)),
        ("fingerprint", .string(fingerprint)),
        ("pictures", .int(trainer.loader.data.count)), ("seed", .string("\(plan.options.seed)")),
        ("options", plan.options.json),
        ("augmentation", .string(plan.augmentationText)),
        ("best_epoch", keptEpoch.map { .int($0) } ?? .null),
      ] + (state.map { [("state", $0.json)] + (snapshots.map { [$0.fact] } ?? []) } ?? []))
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
    try write(checkpoint, to: path)
  }

  private func write(_ checkpoint: Checkpoint, to path: String) throws(PipelineError) {
    do {
      try checkpoint.write(to: path, format: .checkpoint)
    } catch {
      throw .checkpoint(file: path, error)
    }
  }
}

extension EpochMetrics {
  fileprivate var members: [(String, JSONValue)] {
    values.map { ($0.name, .number($0.value)) }
  }
}
