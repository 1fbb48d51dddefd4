extension Kernel {
  /// A gradient in x whose response depends less on the edge's direction than Sobel's.
  ///
  ///     [3 10 3]ᵀ · [−1 0 1]
  ///
  /// - Source: Scharr 2000, in the whole-number form that OpenCV uses.
  public static let scharrX = Kernel.outer(column: [3, 10, 3], row: [-1, 0, 1])

  /// The gradient in y: positive where the picture gets brighter downwards.
  public static let scharrY = scharrX.transposed
}

/// Scharr's gradients, and their length.
enum Scharr {
  static let entryX = FilterEntry(
    name: "scharr-x", summary: "Like sobel-x, more even over directions", runsOnGray: true
  ) { _ in .kernels(KernelBank(.scharrX)) }

  static let entryY = FilterEntry(
    name: "scharr-y", summary: "Like sobel-y, more even over directions", runsOnGray: true
  ) { _ in .kernels(KernelBank(.scharrY)) }

  static let entry = FilterEntry(
    name: "scharr", summary: "Length of Scharr's gradient", runsOnGray: true
  ) { _ in .kernels(.magnitude(.scharrX, .scharrY)) }
}
