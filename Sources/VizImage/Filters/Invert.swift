/// The negative.
///
///     out = highest − sample
enum Invert {
  static let entry = FilterEntry(name: "invert", summary: "The negative") { _, depth in
    let highest = depth.range.upperBound
    return .kernels(
      KernelBank(Kernel(width: 1, height: 1, taps: [1], scale: -1, offset: highest)))
  }
}
