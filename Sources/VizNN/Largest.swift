extension Collection where Element: BinaryFloatingPoint, Index == Int {
  /// How far from the start the largest number is, of equal ones the first; NaN is none, and −1 where there is
  /// nothing else.
  package var largest: Int {
    var best = startIndex - 1
    for i in indices where !self[i].isNaN {
      if best < startIndex || self[i] > self[best] { best = i }
    }
    return best - startIndex
  }
}
