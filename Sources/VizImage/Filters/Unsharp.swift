extension Kernel {
  /// The picture plus what a blur takes from it.
  ///
  ///     k = (1 + amount) · δ − amount · gaussian(σ)
  public static func unsharp(sigma: Double, amount: Double) -> Kernel {
    let blur = Kernel.gaussian(sigma: sigma)
    var taps = blur.taps.map { -amount * $0 }
    taps[taps.count / 2] += 1 + amount
    return Kernel(width: blur.width, height: blur.height, taps: taps)
  }
}

/// The unsharp mask of the darkroom, as one kernel.
enum Unsharp {
  static let entry = FilterEntry(
    name: "unsharp", summary: "The picture plus what a Gaussian takes from it: sharper at a scale",
    parameters: [
      FilterParameter(name: "sigma", unit: "pixels", range: 0.1...42, defaultValue: 1.5),
      FilterParameter(name: "amount", unit: "times", range: 0...20, defaultValue: 1),
    ]
  ) { .kernels(KernelBank(.unsharp(sigma: $0[0], amount: $0[1]))) }
}
