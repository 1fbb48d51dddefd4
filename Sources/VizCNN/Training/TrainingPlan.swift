public import VizTraining

/// What to train, on what, and where results go.
public struct TrainingPlan: Sendable {
  /// A `.net` file, or the name of a known architecture; where a run is taken up it may be nil.
  public var net: String?
  public var data: DataSource
  public var options: TrainingOptions
  /// How pictures are changed before the network learns from them; nil for not at all.
  public var augmentation: Augmentation?
  /// The checkpoint of the best epoch, `digits.ckpt`; others are named after it.
  public var output: String
  /// A checkpoint of the run that is to go on, the kept one or the last; nil for a new run.
  public var resume: String?
  /// Steps between two pictures of the first convolution's kernels; nil for none.
  public var snapshots: Int?
  /// As the user wrote it; goes into checkpoints.
  public var command: String
  public var replacesForeignFiles: Bool
  public var jobs: Int
  /// Threads that make batches ahead of the network.
  public var workers: Int

  public init(
    net: String?, data: DataSource, options: TrainingOptions, augmentation: Augmentation? = nil,
    output: String, resume: String? = nil, snapshots: Int? = nil, command: String = "",
    replacesForeignFiles: Bool = false, jobs: Int, workers: Int = 0
  ) {
    self.net = net
    self.data = data
    self.options = options
    self.augmentation = augmentation
    self.output = output
    self.resume = resume
    self.snapshots = snapshots
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

  /// The first convolution's kernels before and after, and how they grew; made when all epochs are done.
  public let kernels: String
  public let kernelGrowth: String

  /// All of them that a run writes.
  public func all(snapshots: Bool) -> [String] {
    [best, last, metrics, curves, curvesSVG] + (snapshots ? [kernels, kernelGrowth] : [])
  }

  private static let lastSuffix = ".last.ckpt"

  /// Those of the run that one of its checkpoints belongs to, the best or the last.
  public init(of checkpoint: String) {
    self.init(
      output: checkpoint.hasSuffix(Self.lastSuffix)
        ? checkpoint.dropLast(Self.lastSuffix.count) + ".ckpt" : checkpoint)
  }

  public init(output: String) {
    let stem = output.hasSuffix(".ckpt") ? String(output.dropLast(5)) : output
    best = output
    last = stem + Self.lastSuffix
    metrics = stem + ".metrics.jsonl"
    curves = stem + ".curves.png"
    curvesSVG = stem + ".curves.svg"
    kernels = stem + ".kernels.png"
    kernelGrowth = stem + ".kernels.apng"
  }
}
