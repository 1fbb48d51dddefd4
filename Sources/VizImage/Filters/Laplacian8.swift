/// The sum of the second differences in x, y and both diagonals.
///
///     [1 1 1; 1 −8 1; 1 1 1]
enum Laplacian8 {
  static let entry = FilterEntry(
    name: "laplacian-8", summary: "Like laplacian, with the diagonals", runsOnGray: true
  ) { _ in .kernels(KernelBank(Kernel(rows: [[1, 1, 1], [1, -8, 1], [1, 1, 1]]))) }
}
