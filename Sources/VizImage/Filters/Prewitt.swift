extension Kernel {
  /// A gradient in x with equal weights across it.
  ///
  ///     [1 1 1]ᵀ · [−1 0 1]
  ///
  /// - Source: Prewitt 1970.
  public static let prewittX = Kernel.outer(column: [1, 1, 1], row: [-1, 0, 1])

  /// The gradient in y: positive where the picture gets brighter downwards.
  public static let prewittY = prewittX.transposed
}

/// Prewitt's gradients, and their length.
enum Prewitt {
  static let entryX = FilterEntry(
    name: "prewitt-x", summary: "Like sobel-x, with equal weights", runsOnGray: true
  ) { _ in .kernels(KernelBank(.prewittX)) }

  static let entryY = FilterEntry(
    name: "prewitt-y", summary: "Like sobel-y, with equal weights", runsOnGray: true
  ) { _ in .kernels(KernelBank(.prewittY)) }

  static let entry = FilterEntry(
    name: "prewitt", summary: "Length of Prewitt's gradient", runsOnGray: true
  ) { _ in .kernels(.magnitude(.prewittX, .prewittY)) }
}
