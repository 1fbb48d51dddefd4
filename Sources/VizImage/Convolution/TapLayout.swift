internal import VizKernels

/// The cheapest order for the taps of one pass over a window.
struct TapLayout {
  private let taps: [Double]
  private let rows: [Int]
  private let columns: [Int]
  private let isDense: Bool
  private let groups: TapGroups?
  /// Additions and multiplications of one sample.
  let cost: Int

  /// Chooses for the taps of a window in row-major order.
  ///
  /// Taps that are summed as real numbers keep their order, without the zeros; whole numbers may be
  /// grouped by size, or take part where they are zero.
  init(_ all: [Double], width: Int, isReal: Bool) {
    let height = all.count / width
    let indices = all.indices.filter { all[$0] != 0 }
    let (rows, columns) = (indices.map { $0 / width }, indices.map { $0 % width })
    if isReal {
      groups = nil
      isDense = indices.count == all.count && height >= 3
      cost = indices.count
    } else {
      let whole = indices.map { Int(all[$0].rounded()) }
      let groups = TapGroups(whole, rows: rows, columns: columns)
      // Windows of three rows and more are walked four output rows at a time.
      isDense = height >= 3 && all.count <= groups.cost
      self.groups = groups
      cost = isDense ? all.count : groups.cost
    }
    taps = isDense ? all : indices.map { all[$0] }
    self.rows = rows
    self.columns = columns
  }

  /// The taps as numbers of the accumulator's type.
  func list(_ accumulator: AccumulatorType) -> TapList {
    if let groups, !isDense { return .groups(groups) }
    let buffer =
      switch accumulator {
      case .int16: SampleBuffer(taps.map { Int16($0.rounded()) })
      case .int32: SampleBuffer(taps.map { Int32($0.rounded()) })
      case .int64: SampleBuffer(taps.map { Int64($0.rounded()) })
      case .float: SampleBuffer(taps.map { Float($0) })
      case .double: SampleBuffer(taps)
      }
    return isDense ? .dense(buffer) : .sparse(buffer, TapPlaces(rows: rows, columns: columns))
  }
}
