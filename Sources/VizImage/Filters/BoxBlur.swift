extension Kernel {
  /// The mean of a square window: ones, scaled by 1 / size².
  public static func box(size: Int) -> Kernel {
    Kernel(
      width: size, height: size, taps: [Double](repeating: 1, count: size * size),
      scale: 1 / Double(size * size))
  }
}

/// The mean of the neighbours.
enum BoxBlur {
  static let entry = FilterEntry(
    name: "box", summary: "Plain mean of the neighbours",
    parameters: [
      FilterParameter(
        name: "size", unit: "pixels", range: 1...255, defaultValue: 3, kind: .whole)
    ]
  ) { .kernels(KernelBank(.box(size: Int($0[0])))) }
}
