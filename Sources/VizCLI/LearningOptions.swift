internal import ArgumentParser
internal import VizCNN

/// How a network learns.
struct LearningOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How often to go over all pictures (default: 8).", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var epochs: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pictures per step (default: 64).", valueName: "n"),
    transform: wholeNumber(in: 1...TrainingOptions.largestBatch))
  var batchSize: Int?

  @OptionGroup var optimization: OptimizerOptions
  @OptionGroup var pace: ScheduleOptions
  @OptionGroup var gradients: ClippingOptions
  @OptionGroup var objective: LossOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after so many epochs without a smaller loss.", valueName: "n"),
    transform: wholeNumber(in: 1...1_000_000))
  var patience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of the pictures that is held back for validation (default: 0.1).", valueName: "x"),
    transform: number(in: 0..<1))
  var validation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What all that is random follows from (default: 0).", valueName: "n"),
    transform: wholeNumber(in: 0...(.max)))
  var seed: Int?
}

extension LearningOptions {
  /// What is said; where nothing is, what a stored run has, or what is usual.
  func options(over stored: TrainingOptions? = nil) throws -> TrainingOptions {
    var options = stored ?? optimization.usualOptions
    options.method = optimization.method(over: options.method)
    options.schedule = pace.schedule(over: options.schedule)
    options.loss = objective.loss(over: options.loss)
    options.epochs = epochs ?? options.epochs
    options.batchSize = batchSize ?? options.batchSize
    options.weightDecay = optimization.weightDecay ?? options.weightDecay
    options.rate = optimization.lr ?? options.rate
    options.clipping = gradients.clipping(over: options.clipping)
    options.patience = patience ?? options.patience
    options.validationShare = validation ?? options.validationShare
    options.seed = seed.map { UInt64($0) } ?? options.seed
    try optimization.check(for: options.method)
    try pace.check(for: options.schedule)
    try objective.check(for: options.loss)
    return options
  }
}
