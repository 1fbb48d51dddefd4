internal import ArgumentParser
internal import VizCNN

/// One edge mode, or all of them.
enum EdgeChoice: Sendable, Equatable {
  case one(EdgeMode)
  case all

  init(parsing text: String) throws {
    if text == "all" {
      self = .all
      return
    }
    do throws(ImageError) {
      self = .one(try EdgeMode(parsing: text))
    } catch {
      throw ValidationError(error.description)
    }
  }
}

/// How a chain is applied, the same in every verb.
struct ChainOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What the filter sees outside of the picture: \(EdgeMode.names.joined(separator: ", ")), "
        + "or pad:V for another value than 0; filter also takes all. Without it, extend.",
      valueName: "mode"),
    completion: .list(EdgeMode.names + ["all"]), transform: EdgeChoice.init(parsing:))
  var edge: EdgeChoice = .one(.extend)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The tap of --kernel that lies on the pixel, from 0,0.", valueName: "x,y"),
    transform: Place.init(parsing:))
  var anchor: Place?

  @Option(
    parsing: .unconditional, help: "Factor of the last kernel's sums.", transform: finiteNumber)
  var scale: Double?

  @Option(
    parsing: .unconditional, help: "Added to the last kernel's sums.", transform: finiteNumber)
  var offset: Double?

  @Flag(help: "True convolution: kernels turned by 180°. Without it, correlation.")
  var convolve = false

  @Flag(help: "Keep the colours where a filter would turn the picture gray.")
  var perChannel = false

  @Option(help: "keep, filter or drop transparency.")
  var alpha: AlphaChoice = .keep

  /// The chain of the steps; for `EdgeChoice.all` with the mode `extend`.
  func chain(of steps: [ParsedStep]) throws -> FilterChain {
    let isKernel = { (step: ParsedStep) in
      if case .kernels = step.step.kind(depth: .uint8) { true } else { false }
    }
    if scale != nil || offset != nil, !steps.contains(where: isKernel) {
      throw ValidationError("--scale and --offset belong to a kernel, and no step is one.")
    }
    var mode = EdgeMode.extend
    if case .one(let chosen) = edge { mode = chosen }
    return try FilterChain(
      steps.map(\.step),
      options: FilterOptions(
        edge: mode, color: perChannel ? .perChannel : .automatic, alpha: alpha.value,
        convolves: convolve, scale: scale, offset: offset, anchor: anchor.map { ($0.x, $0.y) }))
  }

  /// Throws for `--edge all`, which only `filter` has.
  func requireOneEdge() throws {
    if edge == .all { throw ValidationError("--edge all is for filter; name one mode here.") }
  }
}

/// `FilterOptions.Alpha` as a word.
struct AlphaChoice: ExpressibleByArgument {
  let value: FilterOptions.Alpha

  static let keep = AlphaChoice(value: .keep)
  static var allValueStrings: [String] { FilterOptions.Alpha.allCases.map(\.rawValue) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
  var defaultValueDescription: String { value.rawValue }

  private init(value: FilterOptions.Alpha) { self.value = value }

  init?(argument: String) {
    guard let value = FilterOptions.Alpha(rawValue: argument) else { return nil }
    self.value = value
  }
}
