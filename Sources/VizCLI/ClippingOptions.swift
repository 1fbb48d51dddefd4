internal import ArgumentParser
internal import VizCNN

/// How large gradients may be.
struct ClippingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest norm of all gradients together.", valueName: "x"),
    transform: number(above: 0))
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest absolute value of a gradient.", valueName: "x"),
    transform: number(above: 0))
  var clipValue: Double?

  func validate() throws {
    if clipNorm != nil, clipValue != nil {
      throw ValidationError("Give either --clip-norm or --clip-value.")
    }
  }

  func clipping(over old: GradientClipping?) -> GradientClipping? {
    clipNorm.map { .norm($0) } ?? clipValue.map { .value($0) } ?? old
  }
}
