internal import VizCheckpoint
internal import VizFiles
internal import VizInput
internal import VizNN
internal import VizTraining

/// A run that was stored, and may go on.
struct StoredRun {
  /// What the run has written.
  let files: TrainingFiles
  private let checkpoint: Checkpoint
  private let record: TrainingRecord

  /// The run that a checkpoint belongs to, the kept one or the last.
  init(of name: String) throws(PipelineError) {
    files = TrainingFiles(of: name)
    do {
      checkpoint = try ModelReader().read(files.last)
    } catch {
      throw Self.withoutState(files, error)
    }
    guard let record = checkpoint.training, record.facts["state"] != nil else {
      throw .request(
        "\(printable(files.last)): it holds no run that could go on",
        hint: "vizcnn train writes one beside its results, as NAME.last.ckpt")
    }
    self.record = record
  }

  var command: String { fact("command") }

  /// The run as it was begun, under its own name.
  func plan(jobs: Int, workers: Int) throws(PipelineError) -> TrainingPlan {
    let (data, text) = (fact("data"), fact("augmentation"))
    guard let source = try? DataSource(data) else {
      throw corrupt("data of the run", found: data)
    }
    var augmentation: Augmentation?
    if !text.isEmpty, text != TrainingPlan.noAugmentation {
      augmentation = try? Augmentation(text: text)
      if augmentation == nil { throw corrupt("augmentation of the run", found: text) }
    }
    guard let options = record.facts["options"].flatMap(TrainingOptions.init(json:)) else {
      throw corrupt("options of the run", found: "others")
    }
    return TrainingPlan(
      net: nil, data: source, options: options, augmentation: augmentation, output: files.best,
      resume: files.best, snapshots: KernelSnapshots.interval(of: record), command: command,
      jobs: jobs, workers: workers)
  }

  private func fact(_ name: String) -> String { record.facts[name]?.string ?? "" }

  /// Goes on where the run ended.
  ///
  /// - Throws: also where the run that is asked for is another one.
  func trainer(_ plan: TrainingPlan, _ data: DataSet) throws(PipelineError) -> Trainer {
    let loader = try training { () throws(DatasetError) in
      try Loader(data, input: checkpoint.input, augmentation: plan.augmentation)
    }
    try checkData(plan, loader.data)
    let differences = try differences(plan, loader)
    guard differences.isEmpty else { throw .training(.otherRun(differences)) }
    guard let json = record.facts["state"],
      let state = TrainingState(
        json, tensors: record.tensors, network: checkpoint.network, options: plan.options)
    else { throw corrupt("state of the run", found: "other members or tensors") }
    return try training { () throws(TrainingError) in
      try Trainer(
        checkpoint.network.architecture, loader, options: plan.options, resuming: state,
        jobs: plan.jobs, workers: plan.workers)
    }
  }

  /// The best network so far; nil where it is lost.
  ///
  /// - Throws: where another network lies in its place, which would be shown as the run's.
  func best() throws(PipelineError) -> Checkpoint? {
    if FileKind(files.best) == nil { return nil }
    let best: Checkpoint
    do {
      best = try ModelReader().read(files.best)
    } catch .checkpoint(let file, let error) {
      throw .storedRun(file: file, error, wayOut: Self.withoutBest)
    }
    // A run that was killed may have stored it, and not yet the state.
    let count = min(best.history.count, checkpoint.history.count)
    let isOwn =
      !best.history.isEmpty && best.history.prefix(count) == checkpoint.history.prefix(count)
      && best.training?.facts["fingerprint"]?.string == record.facts["fingerprint"]?.string
      && best.network.architecture.difference(from: checkpoint.network.architecture) == nil
    guard isOwn else {
      throw .request(
        "\(printable(files.best)): it is no network of the run in \(printable(files.last))",
        hint: Self.withoutBest)
    }
    return best
  }

  private static let withoutBest =
    "move it away, and the run goes on without the best network so far"

  /// Tells what is left where nothing says how to go on, and how the same run is made again.
  private static func withoutState(_ files: TrainingFiles, _ error: PipelineError) -> PipelineError
  {
    guard case .checkpoint(let file, let error) = error,
      let best = try? ModelReader().read(files.best),
      let command = best.training?.facts["command"]?.string
    else { return error }
    return .storedRun(
      file: file, error,
      wayOut:
        "\(printable(files.best)) is whole, the best network of epoch \(best.history.count), but a run "
        + "cannot go on from it; this begins it again: \(printable(command)) -o again.ckpt"
    )
  }

  /// The kernels that it has kept so far; nil where nobody asked for them.
  func snapshots(of trainer: Trainer) throws(PipelineError) -> KernelSnapshots? {
    guard KernelSnapshots.interval(of: record) != nil else { return nil }
    if let snapshots = try KernelSnapshots(record, of: trainer) { return snapshots }
    throw corrupt("snapshots of the run", found: "other members or tensors")
  }

  /// Whether the pictures, their labels and the classes are those that the run has learned from.
  private func checkData(_ plan: TrainingPlan, _ data: DataSet) throws(PipelineError) {
    guard record.facts["fingerprint"]?.string != data.fingerprint else { return }
    func classes(_ names: [String]) -> String {
      "the classes " + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    }
    let pictures = record.facts["pictures"]?.int
    var difference: TrainingError.Difference?
    if checkpoint.classNames != data.classNames {
      difference = .init(
        part: "classes", expected: classes(checkpoint.classNames), found: classes(data.classNames))
    } else if let pictures, pictures != data.count {
      difference = .init(
        part: "pictures", expected: "\(pictures)", found: "\(data.count) pictures")
    }
    throw .training(
      .otherData(source: plan.data.text, stored: fact("data"), difference))
  }

  /// What is not as this run has it.
  private func differences(
    _ plan: TrainingPlan, _ loader: Loader
  ) throws(PipelineError) -> [TrainingError.Difference] {
    guard let options = record.facts["options"], options.members != nil else {
      throw corrupt(
        "options of the run", found: record.facts["options"]?.kind ?? "nothing")
    }
    var differences: [TrainingError.Difference] = []
    // What does the same may be written in another way.
    let augmentation = record.facts["augmentation"]?.string ?? TrainingPlan.noAugmentation
    if (try? Augmentation(text: augmentation)) != plan.augmentation {
      differences.append(
        .init(part: "--augment", expected: plan.augmentationText, found: augmentation))
    }
    differences += plan.options.differences(from: options)
    let snapshots = (plan.snapshots, KernelSnapshots.interval(of: record))
    if snapshots.0 != snapshots.1 {
      differences.append(
        .init(
          part: "--snapshots", expected: snapshots.0.map(String.init) ?? "none",
          found: snapshots.1.map(String.init) ?? "none"))
    }
    if let wanted = try plan.layers(loader)?.architecture,
      let (expected, found) = wanted.difference(from: checkpoint.network.architecture)
    {
      differences.append(.init(part: "network", expected: expected, found: found))
    }
    return differences
  }

  private func corrupt(_ part: String, found: String) -> PipelineError {
    .checkpoint(
      file: files.last,
      .corrupt(part: part, offset: nil, expected: "what vizcnn train wrote", found: found))
  }
}

extension TrainingPlan {
  /// A run that was stored, as it was begun: to go on with, after what may change was changed.
  ///
  /// - Parameters:
  ///   - checkpoint: the kept one or the last.
  ///   - jobs: threads.
  ///   - workers: threads that make batches ahead of the network.
  /// - Throws: where there is no run that could go on, or a damaged one.
  public init(
    resuming checkpoint: String, jobs: Int, workers: Int = 0
  ) throws(PipelineError) {
    self = try StoredRun(of: checkpoint).plan(jobs: jobs, workers: workers)
  }

  /// What a checkpoint says of a run without augmentation.
  static let noAugmentation = "none"

  var augmentationText: String { augmentation?.text ?? Self.noAugmentation }

  /// The layers, for pictures and as many classes as the data have; nil where no network is named.
  func layers(_ loader: Loader) throws(PipelineError) -> NetworkLayers? {
    guard let net else { return nil }
    let input = loader.input
    guard let entry = try? Zoo.entry(named: net) else {
      return try ModelReader(
        net: net, inputShape: [input.channels, input.height, input.width]
      ).layersOfNet()
    }
    do {
      return NetworkLayers(
        architecture: try entry.architecture(
          channels: input.channels, height: input.height, width: input.width,
          classes: loader.data.classNames.count))
    } catch {
      throw .request("\(loader.data.source): \(error)", hint: nil)
    }
  }
}

extension Architecture {
  /// The first line that is not the same in both, as `.net` text has it; nil where there is none.
  fileprivate func difference(from other: Architecture) -> (own: String, other: String)? {
    let (own, others) = (lines, other.lines)
    let place = (0..<max(own.count, others.count)).first {
      !own.indices.contains($0) || !others.indices.contains($0) || own[$0] != others[$0]
    }
    return place.map { place in
      (
        own.indices.contains(place) ? own[place] : "none",
        others.indices.contains(place) ? others[place] : "none"
      )
    }
  }

  private var lines: [String] {
    nodes.map { "\($0.name): \($0.layer.text)(\($0.inputs.joined(separator: ", ")))" }
      + outputs.map { "\($0.name)=\($0.value)" }
  }
}

/// Names the module's errors.
func training<Result, Failure: Error>(
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
