/// The sum of the second differences in x and y.
///
///     [0 1 0; 1 −4 1; 0 1 0]
///
/// - Source: OpenCV's `Laplacian` with aperture 1.
enum Laplacian {
  static let entry = FilterEntry(
    name: "laplacian", summary: "Second differences in x and y: lines, and both sides of an edge",
    runsOnGray: true
  ) { _ in .kernels(KernelBank(Kernel(rows: [[0, 1, 0], [1, -4, 1], [0, 1, 0]]))) }
}
