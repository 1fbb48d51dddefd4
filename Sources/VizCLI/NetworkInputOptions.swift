internal import ArgumentParser
internal import VizCNN

/// How a picture becomes a network's input, where the model does not say it.
struct NetworkInputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How pixels become numbers: "
        + InputPreset.all.map(\.name).joined(separator: ", ") + ".", valueName: "name"),
    completion: .list(InputPreset.all.map(\.name)))
  var preprocess: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pixels of a side, or of both.", valueName: "n|WxH"))
  var size: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What is taken away, one number or one for each channel.", valueName: "n,…"))
  var mean: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("By what is divided after that, above 0.", valueName: "n,…"))
  var std: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The numbers for black and white, before the mean is taken away.", valueName: "0..1"))
  var range: String?

  func network(
    _ path: String, _ model: ModelOptions, _ pictures: PictureReader, _ messages: ConsoleOptions,
    inversion: Inversion = .automatic
  ) throws -> PictureNetwork {
    let options: InputOptions
    do throws(InputError) {
      options = try InputOptions(
        preprocess: preprocess, size: size, mean: mean, standardDeviation: std, range: range)
    } catch {
      throw PipelineError.request(error.description, hint: error.hint)
    }
    let checkpoint = try model.read(path, messages)
    // Kernels of a text were chosen for pixels as they are.
    let isText = CheckpointFormat(path: path) == .text
    if checkpoint.input == nil, options == InputOptions(), !isText {
      messages.tell(
        [
          "nothing says how pixels become numbers, so black is 0 and white 1; --preprocess, --mean, "
            + "--std and --range say it"
        ], of: path)
    }
    return try PictureNetwork(
      checkpoint, name: path, options: options, inversion: inversion, reader: pictures)
  }
}

/// Whether pictures are inverted; an option of its own, because `--invert` is also a filter.
struct InversionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Whether a picture is inverted; auto does so for a dark digit on light, where the model "
        + "wants light on dark.", valueName: "auto|yes|no"),
    completion: .list(Inversion.allCases.map(\.rawValue)), transform: oneOf(Inversion.self))
  var invert: Inversion = .automatic
}
