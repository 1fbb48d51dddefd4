/// The picture as a relief, lit from the top left.
///
///     [−2 −1 0; −1 1 1; 0 1 2]
enum Emboss {
  static let entry = FilterEntry(
    name: "emboss", summary: "A relief lit from the top left"
  ) { _ in .kernels(KernelBank(Kernel(rows: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))) }
}
