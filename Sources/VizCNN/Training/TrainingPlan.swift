public import VizTraining

/// What to train, on what, and where results go.
public struct TrainingPlan: Sendable {
  /// A `.net` file, or the name of a known architecture; nil where a run is taken up.
  public var net: String?
  public var data: DataSource
  public var options: TrainingOptions
  /// How pictures are changed before the network learns from them; nil for not at all.
  public var augmentation: Augmentation?
  /// The checkpoint of the best epoch, `digits.ckpt`; others are named after it.
  public var output: String
  /// Whether to go on from `digits.last.ckpt`, where an earlier run ended.
  public var isResuming: Bool
  /// As the user wrote it; goes into checkpoints.
  public var command: String
  public var replacesForeignFiles: Bool
  public var jobs: Int
  /// Threads that make batches ahead of the network.
  public var workers: Int

  public init(
    net: String?, data: DataSource, options: TrainingOptions, augmentation: Augmentation? = nil,
    output: String, isResuming: Bool = false, command: String = "",
    replacesForeignFiles: Bool = false, jobs: Int, workers: Int = 0
  ) {
    self.net = net
    self.data = data
    self.options = options
    self.augmentation = augmentation
    self.output = output
    self.isResuming = isResuming
    self.command = command
    self.replacesForeignFiles = replacesForeignFiles
    self.jobs = jobs
    self.workers = workers
  }
}

/// The files that a run writes.
public struct TrainingFiles: Equatable, Sendable {
  /// The network of the epoch with the smallest loss.
  public let best: String
  /// The network as it is, with everything that it takes to go on.
  public let last: String
  /// A line of JSON for every epoch.
  public let metrics: String
  /// How loss and accuracy went, as a picture and as SVG; made when all epochs are done.
  public let curves: String
  public let curvesSVG: String

  /// All of them.
  public var all: [String] { [best, last, metrics, curves, curvesSVG] }

  public init(output: String) {
    let stem = output.hasSuffix(".ckpt") ? String(output.dropLast(5)) : output
    best = output
    last = stem + ".last.ckpt"
    metrics = stem + ".metrics.jsonl"
    curves = stem + ".curves.png"
    curvesSVG = stem + ".curves.svg"
  }
}
