/// One direction of a transposed convolution.
///
///     output[j] = Σ weight[k] · input[i]   over all i·stride + k·dilation = j + before
struct TransposedAxis: Sendable {
  let kernel: Int
  let stride: Int
  let dilation: Int
  private(set) var before: Int
  let after: Int
  let extra: Int

  /// With `isSame`, the padding is whatever gives `stride` outputs for every input.
  init(
    kernel: Int, stride: Int, dilation: Int, before: Int, after: Int, extra: Int, isSame: Bool,
    isLower: Bool
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.extra = extra
    let total = dilation * (kernel - 1) + 1 + extra - stride
    self.before = isSame ? (isLower ? total - total / 2 : total / 2) : before
    self.after = isSame ? total - self.before : after
  }

  func outputs(_ length: Int) -> Int {
    (length - 1) * stride + dilation * (kernel - 1) + 1 + extra - before - after
  }

  func reach(length: Int) -> Reach.Window {
    let extent = dilation * (kernel - 1) + 1
    return Reach.Window(
      size: Double((extent + stride - 1) / stride), stride: 1 / Double(stride),
      padding: Double((extent - 1 - before) / stride))
  }

  /// Outputs j with the same remainder of j + before by the stride: they meet the same taps.
  struct Phase: Sendable {
    let remainder: Int
    /// In the order in which they read the input from the first sample on.
    let taps: [Int]
    /// How far apart the samples of neighbouring taps are.
    let dilation: Int
  }

  /// Those that meet any tap, of which there are no more than taps, however large the stride is.
  var phases: [Phase] {
    // k·dilation ≡ remainder; a larger k reads an earlier sample.
    Dictionary(grouping: 0..<kernel) { $0 * dilation % stride }
      .sorted { $0.key < $1.key }
      .map { remainder, taps in
        let step = taps.count > 1 ? (taps[1] - taps[0]) * dilation / stride : 1
        return Phase(remainder: remainder, taps: taps.reversed(), dilation: step)
      }
  }

  /// Whether some tap meets every output.
  var isCovered: Bool { phases.count == stride }
}

extension TransposedAxis.Phase {
  /// The outputs of this phase: the first, how many, and where their windows begin.
  func part(
    _ axis: TransposedAxis, length: Int, outputs: Int
  ) -> (first: Int, count: Int, padding: Int) {
    let shift = (remainder - axis.before) % axis.stride
    let first = shift < 0 ? shift + axis.stride : shift
    let count = first < outputs ? (outputs - first + axis.stride - 1) / axis.stride : 0
    // The last tap in memory order is the smallest k; it reads (first + before − k·dilation) / stride.
    let earliest = (first + axis.before - (taps.first ?? 0) * axis.dilation) / axis.stride
    return (first, count, -earliest)
  }
}
