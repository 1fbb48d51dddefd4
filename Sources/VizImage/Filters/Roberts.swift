/// The length of the two diagonal differences of a 2×2 window.
///
///     √(a² + b²),   a = [1 0; 0 −1],   b = [0 1; −1 0]
///
/// - Source: Roberts 1963, the cross operator.
enum Roberts {
  static let entry = FilterEntry(
    name: "roberts", summary: "Length of two diagonal differences: thin, noisy edges",
    runsOnGray: true
  ) { _ in
    .kernels(.magnitude(Kernel(rows: [[1, 0], [0, -1]]), Kernel(rows: [[0, 1], [-1, 0]])))
  }
}
