extension Kernel {
  /// The gradient in x: differences along the row, smoothed across it by binomial weights.
  ///
  ///     3: [1 2 1]ᵀ · [−1 0 1],   5: [1 4 6 4 1]ᵀ · [−1 −2 0 2 1],   7: [1 6 15 …]ᵀ · [−1 −4 −5 …]
  ///
  /// Not normalised; positive where the picture gets brighter to the right.
  ///
  /// - Source: Sobel & Feldman 1968; larger sizes as OpenCV's `getDerivKernels`.
  public static func sobelX(size: Int = 3) -> Kernel {
    let smooth = Kernel.binomialRow(size)
    // [−1 0 1] between binomial weights: a difference of two neighbours, then size − 3 averages.
    let narrow = Kernel.binomialRow(size - 2)
    let difference = (0..<size).map { i in
      (i >= 2 ? narrow[i - 2] : 0) - (i < size - 2 ? narrow[i] : 0)
    }
    return .outer(column: smooth, row: difference)
  }

  /// The gradient in y: positive where the picture gets brighter downwards.
  public static func sobelY(size: Int = 3) -> Kernel { sobelX(size: size).transposed }
}

/// Sobel's gradients, and their length.
enum Sobel {
  static let entryX = FilterEntry(
    name: "sobel-x", summary: "Change of brightness to the right: vertical edges",
    parameters: [size], runsOnGray: true
  ) { .kernels(KernelBank(.sobelX(size: Int($0[0])))) }

  static let entryY = FilterEntry(
    name: "sobel-y", summary: "Change of brightness downwards: horizontal edges",
    parameters: [size], runsOnGray: true
  ) { .kernels(KernelBank(.sobelY(size: Int($0[0])))) }

  static let entry = FilterEntry(
    name: "sobel", summary: "Length of Sobel's gradient, √(x² + y²): edges of every direction",
    parameters: [size], runsOnGray: true
  ) { .kernels(.magnitude(.sobelX(size: Int($0[0])), .sobelY(size: Int($0[0])))) }

  private static let size = FilterParameter(
    name: "size", unit: "taps", range: 3...7, defaultValue: 3, kind: .odd)
}
