/// What the mean of the neighbours leaves over: everything but the low frequencies.
///
///     [−1 −1 −1; −1 8 −1; −1 −1 −1]
enum HighPass {
  static let entry = FilterEntry(
    name: "high-pass", summary: "The difference to the neighbours: everything that changes fast",
    runsOnGray: true
  ) { _ in .kernels(KernelBank(Kernel(rows: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]))) }
}
