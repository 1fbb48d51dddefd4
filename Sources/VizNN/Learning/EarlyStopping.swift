/// Ends training when the loss has not become smaller for some epochs.
public struct EarlyStopping: Equatable, Sendable {
  public let patience: Int
  public private(set) var best: Double
  public private(set) var badEpochs: Int

  public init(patience: Int, best: Double = .infinity, badEpochs: Int = 0) {
    precondition(patience > 0, "a patience of \(patience)")
    self.patience = patience
    self.best = best
    self.badEpochs = badEpochs
  }

  /// Takes note of an epoch's loss.
  ///
  /// - Returns: whether it is time to end.
  public mutating func observe(_ loss: Double) -> Bool {
    if loss < best {
      (best, badEpochs) = (loss, 0)
    } else {
      badEpochs += 1
    }
    return badEpochs >= patience
  }
}
