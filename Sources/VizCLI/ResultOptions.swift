internal import ArgumentParser
internal import VizCNN

/// What a filter shows of its responses and of its work.
struct ResultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How responses become a picture: clip cuts off (unless another is given), abs drops the "
        + "sign, offset adds half, normalize stretches, signed colours by sign.",
      valueName: "mode"),
    completion: .list(DisplayMode.allCases.map(\.rawValue)), transform: oneOf(DisplayMode.self))
  var display: DisplayMode = .clip

  @Flag(help: "Also write the responses as float32, neither rounded nor cut off, to NAME.npy.")
  var npy = false

  @Flag(
    help: ArgumentHelp(
      "Say how each step is computed and why: on standard output without a picture, else on "
        + "standard error beside the work."))
  var explain = false

  @Flag(help: "Print a line of JSON for each picture.")
  var json = false

  @Flag(
    name: .shortAndLong,
    help: "Say on standard error how long decoding, filtering and encoding took.")
  var verbose = false
}
