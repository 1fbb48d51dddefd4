/// Kernels that look at the same window, and how their responses become one.
///
///     single      offset + scale · Σ₁
///     magnitude   offset + scale · √(Σ₁² + Σ₂²)
///     maximum     offset + scale · max(Σ₁, …, Σₙ)
package struct ReferenceBank: Sendable {
  package enum Combination: Sendable {
    case single, magnitude, maximum
  }

  package let kernels: [ReferenceKernel]
  package let combination: Combination
  package let scale: Double
  package let offset: Double

  package init(
    _ kernels: [ReferenceKernel], _ combination: Combination = .single, scale: Double = 1,
    offset: Double = 0
  ) {
    precondition(!kernels.isEmpty, "a bank without kernels")
    precondition(
      combination != .magnitude || kernels.count == 2, "a length of \(kernels.count) responses")
    self.kernels = kernels
    self.combination = combination
    self.scale = scale
    self.offset = offset
  }

  /// The taps that are not 0 of the kernel that has most of them.
  var tapCount: Int { kernels.map { $0.taps.count { $0 != 0 } }.max() ?? 0 }

  /// The responses of all kernels as one, rounded nowhere.
  package func joined(_ responses: [ReferencePlane]) -> ReferencePlane {
    let joined =
      switch combination {
      case .single: responses[0]
      case .magnitude: ReferencePlane.magnitude(responses[0], responses[1])
      case .maximum: ReferencePlane.maximum(responses[0], Array(responses.dropFirst()))
      }
    return joined.finished(as: .float, scale: scale, offset: offset)
  }

  /// By how much the result moves at most when every sample moves by 1.
  var gain: Double {
    let sums = kernels.map(\.magnitudeSum)
    let joined =
      combination == .magnitude
      ? (sums[0] * sums[0] + sums[1] * sums[1]).squareRoot() : sums.max() ?? 0
    return abs(scale) * joined
  }
}

extension ReferencePlane {
  /// The joined response of a bank, rounded nowhere.
  package func response(
    to bank: ReferenceBank, edge: ReferenceEdge, progress: ReferenceProgress = { _, _ in }
  ) throws(ReferenceError) -> ReferencePlane {
    var responses: [ReferencePlane] = []
    let count = bank.kernels.count
    for (i, kernel) in bank.kernels.enumerated() {
      responses.append(
        try correlated(with: kernel, edge: edge) { progress(i * $1 + $0, count * $1) })
    }
    return bank.joined(responses)
  }
}

extension ReferencePlane {
  /// What sums in Float32 may lose at each sample, n = taps that are not 0.
  ///
  ///     n · 2⁻²³ · (|scale| · Σ|k||p| + |offset|)
  ///
  /// `errors` is what the samples themselves may be off by; they go through |k| too.
  package func floatTolerance(
    for bank: ReferenceBank, edge: ReferenceEdge, errors: ReferencePlane? = nil
  ) throws(ReferenceError) -> ReferencePlane {
    // The finish, scale and offset, is one step more.
    let rounding = Double(bank.tapCount + 1) * 0x1p-23
    var outside = edge
    if case .pad(let value) = edge { outside = .pad(rounding * abs(value)) }
    let magnitudes = mapped { rounding * abs($0) }
    let uncertain = errors.map { magnitudes.joined(with: $0) { $0 + $1 } } ?? magnitudes
    return try uncertain.spread(over: bank, edge: outside).mapped {
      $0 + rounding * abs(bank.offset)
    }
  }

  /// By how much results may move where each sample moves by as much as stands here: |k| in place
  /// of k.
  func spread(
    over bank: ReferenceBank, edge: ReferenceEdge
  ) throws(ReferenceError) -> ReferencePlane {
    let absolute = ReferenceBank(
      bank.kernels.map(\.absolute), bank.combination, scale: abs(bank.scale))
    return try response(to: absolute, edge: edge)
  }

  /// max |v| over all values that are numbers.
  var largestMagnitude: Double { values.reduce(0) { max($0, $1.isNaN ? 0 : abs($1)) } }
}

extension ReferenceKernel {
  /// The kernel of |k|, which bounds what rounding can do.
  var absolute: ReferenceKernel {
    ReferenceKernel(
      width: width, height: height, taps: taps.map { abs($0) }, anchorX: anchorX, anchorY: anchorY)
  }
}
