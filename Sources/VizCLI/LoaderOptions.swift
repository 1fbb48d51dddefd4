internal import ArgumentParser
internal import VizCNN

/// How pictures get to the network.
struct LoaderOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads that read and augment pictures ahead of the network, "
        + "\(BatchQueue.usualWorkers) unless given; results do not depend on it.",
      valueName: "n"), transform: wholeNumber(in: 0...256))
  var workers = BatchQueue.usualWorkers
}
