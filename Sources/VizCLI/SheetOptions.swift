internal import ArgumentParser
internal import VizCNN

/// How layers are drawn.
struct SheetOptions: ParsableArguments {
  enum Style: String, ExpressibleByArgument, CaseIterable { case vizcnn, torchvision }

  @Option(
    help: ArgumentHelp(
      "Which numbers share a scale of colours: those of a layer, of each map, or of all layers.",
      valueName: "layer|map|global"),
    completion: .list(SheetLook.Scale.allCases.map(\.rawValue)),
    transform: oneOf(SheetLook.Scale.self))
  var scale: SheetLook.Scale = .layer

  @Option(
    help: ArgumentHelp(
      "Colours: \(Colormap.all.map(\.name).joined(separator: ", ")). Without it, viridis where "
        + "nothing is negative, else red below zero and blue above.", valueName: "name"),
    completion: .list(Colormap.all.map(\.name)), transform: parseColormap)
  var colormap: ColormapChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Maps of a row.", valueName: "n"), transform: wholeNumber(in: 1...10_000))
  var columns: Int?

  @Option(
    help: ArgumentHelp(
      "torchvision draws as its make_grid and save_image do.", valueName: "vizcnn|torchvision"))
  var style: Style = .vizcnn

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of torchvision: pixels between maps.", valueName: "n"),
    transform: wholeNumber(in: 0...1000))
  var padding: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of torchvision: the gray of the gaps, 0 to 1.", valueName: "v"),
    transform: finiteNumber)
  var padValue: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of torchvision: what becomes black and white.", valueName: "low..high"),
    transform: parseRange)
  var valueRange: NumberRange?

  @Flag(help: "Of torchvision: numbers as they are, 0 black and 1 white.")
  var noNormalize = false

  func validate() throws {
    guard style == .vizcnn else {
      if colormap != nil {
        throw ValidationError("--style torchvision is gray; it has no colormap.")
      }
      if scale == .global {
        throw ValidationError("--style torchvision has --value-range for a common scale.")
      }
      return
    }
    let options = [
      ("--padding", padding != nil), ("--pad-value", padValue != nil),
      ("--value-range", valueRange != nil), ("--no-normalize", noNormalize),
    ]
    if let (name, _) = options.first(where: \.1) {
      throw ValidationError("\(name) needs --style torchvision.")
    }
  }

  var look: SheetLook {
    var look = SheetLook()
    look.scale = scale
    look.colormap = colormap?.value
    look.columns = columns
    if style == .torchvision {
      var options = SheetLook.Torchvision()
      if let padding { options.padding = padding }
      if let padValue { options.paddingValue = padValue }
      options.range = valueRange?.value
      options.normalizes = !noNormalize
      look.torchvision = options
    }
    return look
  }
}

struct ColormapChoice: Sendable {
  let value: Colormap
}

private func parseColormap(_ word: String) throws -> ColormapChoice {
  let names = Colormap.all.map(\.name)
  guard let map = Colormap.all.first(where: { $0.name == word.lowercased() }) else {
    throw ValidationError(
      "'\(word)' is not one of \(names.joined(separator: ", "))"
        + suggestion(for: word, among: names))
  }
  return ColormapChoice(value: map)
}

struct NumberRange: Sendable {
  let value: ClosedRange<Double>
}

private func parseRange(_ word: String) throws -> NumberRange {
  let ends = word.split(separator: "..", omittingEmptySubsequences: false).map { Double($0) }
  guard ends.count == 2, let low = ends[0], let high = ends[1], low.isFinite, high.isFinite,
    low < high
  else { throw ValidationError("expected LOW..HIGH, such as -1..1") }
  return NumberRange(value: low...high)
}
