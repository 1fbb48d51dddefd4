/// One tap of 1: every sample as it is.
enum Identity {
  static let entry = FilterEntry(
    name: "identity", summary: "The picture as it is; shows what a filter starts from"
  ) { _ in .kernels(KernelBank(Kernel(rows: [[1]]))) }
}
