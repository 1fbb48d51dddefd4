#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How large the steps are, from the first to the last.
public struct LearningRate: Equatable, Sendable {
  public enum Schedule: Equatable, Sendable {
    case constant
    /// `base · factorᵏ` after k times `every` epochs.
    case step(every: Int, factor: Double = 0.1)
    /// Half a cosine from the base down to `floor` over all steps, behind a straight line up to it.
    ///
    /// - Source: Loshchilov & Hutter 2016, arXiv:1608.03983.
    case cosine(warmUpSteps: Int = 0, floor: Double = 0)
    /// Multiplied with `factor` when the loss has not become smaller for more than `patience` epochs, 0 for
    /// each that is not the best.
    case plateau(factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4)
  }

  /// By how much a plateau makes the rate smaller at least, as PyTorch's `eps`.
  private static let smallestDecay = 1e-8

  public let base: Double
  public let schedule: Schedule
  /// What `plateau` has come to.
  public private(set) var plateau: Plateau

  /// What has been seen of losses.
  public struct Plateau: Equatable, Sendable {
    public var factor = 1.0
    public var best = Double.infinity
    public var badEpochs = 0

    public init(factor: Double = 1, best: Double = .infinity, badEpochs: Int = 0) {
      self.factor = factor
      self.best = best
      self.badEpochs = badEpochs
    }
  }

  public init(_ base: Double, _ schedule: Schedule = .constant, plateau: Plateau = Plateau()) {
    precondition(base > 0, "a learning rate of \(base)")
    self.base = base
    self.schedule = schedule
    self.plateau = plateau
  }

  /// The rate of a step, counted from 0.
  public func rate(epoch: Int, step: Int, totalSteps: Int) -> Double {
    switch schedule {
    case .constant: return base
    case .step(let every, let factor): return base * pow(factor, Double(epoch / max(every, 1)))
    case .plateau: return base * plateau.factor
    case .cosine(let warmUpSteps, let floor):
      if step < warmUpSteps { return base * Double(step + 1) / Double(warmUpSteps + 1) }
      let length = max(totalSteps - warmUpSteps, 1)
      let share = Double(min(step - warmUpSteps, length)) / Double(length)
      return floor + (base - floor) * (1 + cos(.pi * share)) / 2
    }
  }

  /// Takes note of an epoch's loss.
  public mutating func observe(_ loss: Double) {
    guard case .plateau(let factor, let patience, let threshold) = schedule else { return }
    if loss < plateau.best * (1 - threshold) {
      plateau.best = loss
      plateau.badEpochs = 0
    } else {
      plateau.badEpochs += 1
    }
    if plateau.badEpochs > patience {
      let smaller = plateau.factor * factor
      if base * (plateau.factor - smaller) > Self.smallestDecay { plateau.factor = smaller }
      plateau.badEpochs = 0
    }
  }
}
