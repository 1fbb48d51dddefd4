internal import VizFiles
internal import VizMethods
internal import VizNN
internal import VizRender
internal import VizTraining

/// The kernels of a network's first convolution, every so many steps of its training.
///
/// There are never more than `mostMoments`: where one more would come, every second is let go and from then on twice
/// as many steps lie between two. What is there depends on the steps alone, so a run that is interrupted and goes on
/// has the same.
struct KernelSnapshots: Sendable {
  static let mostMoments = 120
  private static let tensorName = "snapshots"

  /// Steps between two, as it was asked for.
  private let every: Int
  private var interval: Int
  private var steps: [Int] = []
  private var weights: [Tensor] = []

  /// - Throws: where there is no convolution whose kernels could be shown.
  init(every: Int, of trainer: Trainer) throws(PipelineError) {
    precondition(every > 0, "snapshots every \(every) steps")
    (self.every, interval) = (every, every)
    guard try Self.kernels(of: trainer) != nil else {
      throw .request(
        "--snapshots shows the kernels of a convolution, and this network has none", hint: nil)
    }
    try take(trainer)
  }

  /// Those that a run has stored; nil where they are damaged.
  init?(_ record: TrainingRecord, of trainer: Trainer) throws(PipelineError) {
    guard let facts = record.facts[Self.tensorName], let every = facts["every"]?.int,
      let interval = facts["interval"]?.int, let steps = facts["steps"]?.ints,
      let tensor = record.tensors[Self.tensorName],
      let shape = try Self.kernels(of: trainer)?.weight.shape,
      every > 0, interval >= every, interval % every == 0, steps.count <= Self.mostMoments,
      steps == (0...trainer.stepCount / interval).map({ $0 * interval }),
      tensor.shape.dimensions == [steps.count] + shape.dimensions
    else { return nil }
    (self.every, self.interval, self.steps) = (every, interval, steps)
    weights = steps.indices.map { tensor.element($0) }
  }

  /// Takes note of the kernels, where it is time to.
  mutating func take(_ trainer: Trainer) throws(PipelineError) {
    guard trainer.stepCount % interval == 0, let kernels = try Self.kernels(of: trainer) else {
      return
    }
    if steps.count == Self.mostMoments {
      let kept = steps.indices.filter { $0 % 2 == 0 }
      (steps, weights) = (kept.map { steps[$0] }, kept.map { weights[$0] })
      interval *= 2
      if trainer.stepCount % interval != 0 { return }
    }
    steps.append(trainer.stepCount)
    weights.append(kernels.weight)
  }

  /// What a checkpoint needs for the run to go on.
  var fact: (String, JSONValue) {
    (
      Self.tensorName,
      .object([
        ("every", .int(every)), ("interval", .int(interval)),
        ("steps", .array(steps.map { .int($0) })),
      ])
    )
  }

  var tensors: [String: Tensor] {
    let shape = Shape([weights.count] + weights[0].shape.dimensions)
    return [Self.tensorName: Tensor(shape: shape, values: weights.flatMap(\.values))]
  }

  /// How the kernels have grown until now.
  func growth(_ trainer: Trainer) throws(PipelineError) -> KernelGrowth? {
    guard let kernels = try Self.kernels(of: trainer) else { return nil }
    var moments = zip(steps, weights).map { KernelGrowth.Moment(step: $0, weights: $1.values) }
    if moments.last?.step != trainer.stepCount {
      moments.append(.init(step: trainer.stepCount, weights: kernels.weight.values))
    }
    let shape = kernels.weight.shape
    return KernelGrowth(
      name: kernels.title, moments: moments, inputs: shape[1], width: shape[3], height: shape[2])
  }

  private static func kernels(of trainer: Trainer) throws(PipelineError) -> LayerKernels? {
    do {
      return LayerKernels.first(of: try trainer.network())
    } catch {
      throw .training(error)
    }
  }

  /// What a stored run says, for one that is to go on.
  static func interval(of record: TrainingRecord) -> Int? {
    record.facts[tensorName]?["every"]?.int
  }
}
