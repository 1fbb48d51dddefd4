internal import VizKernels

/// The cheapest way for a bank of kernels, by counting the additions and multiplications of a sample.
struct WayChoice {
  let way: ConvolutionPlan.Way
  /// Additions and multiplications of one sample.
  let cost: Int
  /// The longest chain of roundings that a sum goes through, where sums are real.
  let additions: Int
  let reason: String
  /// Each kernel's column and row, where the way is `separable`.
  let separable: [SeparableTaps]
  /// Where the way is `fourier`.
  let fourier: FourierPlan?

  init(
    _ bank: KernelBank, unit: Double, isWhole: Bool, tolerance: Double,
    forced: ConvolutionPlan.Way?, fourier: FourierPlan?
  ) {
    let directCost = bank.kernels.reduce(0) {
      $0 + TapLayout($1.taps.map { $0 * unit }, width: $1.width, isReal: !isWhole).cost
    }
    let factors = bank.kernels.compactMap {
      SeparableTaps($0, factor: unit, isWhole: isWhole, tolerance: tolerance)
    }
    let separableCost: Int? =
      factors.count < bank.kernels.count
      ? nil
      : factors.reduce(0) {
        $0 + TapLayout($1.column, width: 1, isReal: !isWhole).cost
          + TapLayout($1.row, width: bank.width, isReal: !isWhole).cost + Self.handover
      }
    let runningCost = isWhole ? Self.runningCost(bank) : nil

    let costs: [(way: ConvolutionPlan.Way, cost: Int?)] = [
      (.direct, directCost), (.separable, separableCost), (.running, runningCost),
    ]
    let possible = costs.compactMap { entry in entry.cost.map { (way: entry.way, cost: $0) } }
    let direct = (way: ConvolutionPlan.Way.direct, cost: directCost)
    var chosen = possible.min { $0.cost < $1.cost } ?? direct
    if let forced {
      chosen = possible.first { $0.way == forced } ?? direct
      self.fourier = forced == .fourier ? fourier : nil
    } else {
      self.fourier = fourier.flatMap {
        chosen.way == .direct && $0.isWorthwhile(against: directCost) ? $0 : nil
      }
    }
    if let fourier = self.fourier { chosen = (.fourier, fourier.operations) }
    way = chosen.way
    cost = chosen.cost
    separable = way == .separable ? factors : []

    let taps = bank.kernels.reduce(0) { $0 + $1.taps.count { $0 != 0 } }
    additions =
      way == .separable
      ? factors.map(\.additions).max() ?? 0
      : bank.kernels.map { $0.taps.count { $0 != 0 } }.max() ?? 0
    let operations = "\(chosen.cost) \(chosen.cost == 1 ? "operation" : "operations") a sample"
    let instead = way == .direct ? "" : " instead of \(directCost) tap by tap"
    switch way {
    case .direct:
      let all = bank.kernels.count * bank.width * bank.height
      let others =
        possible.dropFirst().map { "\($0.way) would take \($0.cost)" }
        + (fourier.map { [$0.reason(insteadOf: directCost)] } ?? [])
      reason =
        "tap by tap: \(taps) of \(all) taps are not 0, \(operations)"
        + others.map { "; \($0)" }.joined()
    case .separable:
      reason = "column · row: \(operations)\(instead)"
    case .fourier:
      reason = self.fourier?.reason(against: directCost) ?? ""
    case .running:
      reason = "all taps are equal, so each sum is made from the one above: \(operations)\(instead)"
    }
  }

  /// Storing the column sums and reading them again, in operations.
  private static let handover = 1

  /// Nil where taps differ.
  private static func runningCost(_ bank: KernelBank) -> Int? {
    guard bank.kernels.count == 1, let first = bank.kernels[0].taps.first, first != 0,
      bank.kernels[0].taps.allSatisfy({ $0 == first })
    else { return nil }
    return RunningSums.cost(width: bank.width) + handover
  }
}

extension ConvolutionPlan.Way: CustomStringConvertible {
  public var description: String {
    switch self {
    case .direct: "tap by tap"
    case .separable: "column · row"
    case .running: "running sums"
    case .fourier: "by frequencies"
    }
  }
}
