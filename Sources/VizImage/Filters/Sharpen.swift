/// The picture and its edges on top: identity minus Laplacian.
///
///     [0 −1 0; −1 5 −1; 0 −1 0]
enum Sharpen {
  static let entry = FilterEntry(
    name: "sharpen", summary: "The picture plus its second differences: crisper edges"
  ) { _ in .kernels(KernelBank(Kernel(rows: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]))) }
}
