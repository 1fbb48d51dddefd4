/// What a sum is held in; the raw value is the code that the row kernels take.
package enum AccumulatorType: Int, Sendable, CaseIterable {
  case int16, int32, int64, float, double

  package var byteCount: Int {
    switch self {
    case .int16: 2
    case .int32, .float: 4
    case .int64, .double: 8
    }
  }

  package var isInteger: Bool { self != .float && self != .double }
}

/// The taps of a kernel, of the accumulator's type, and where in the window each of them reads.
package enum TapList: Sendable {
  /// All taps of the window in row-major order.
  case dense(SampleBuffer)
  /// Non-zero taps in row-major order.
  case sparse(SampleBuffer, TapPlaces)
  /// Non-zero whole taps, those of one size together.
  case groups(TapGroups)
}

/// Where in the window taps read.
package struct TapPlaces: Sendable {
  /// A row and a column each.
  let numbers: SampleBuffer
  let count: Int

  package init(rows: [Int], columns: [Int]) {
    precondition(rows.count == columns.count, "\(rows.count) rows, \(columns.count) columns")
    numbers = SampleBuffer(zip(rows, columns).flatMap { [$0, $1] })
    count = rows.count
  }
}

/// Whole taps in groups of one size.
package struct TapGroups: Sendable {
  /// Three numbers a group: its weight, how many taps are positive and how many negative.
  let groups: SampleBuffer
  let groupCount: Int
  /// Where the taps read, group by group, positive ones first.
  let places: TapPlaces
  /// Additions of taps, and a product for every size but 1.
  package let cost: Int

  package init(_ taps: [Int], rows: [Int], columns: [Int]) {
    precondition(
      taps.count == rows.count && taps.count == columns.count,
      "\(taps.count) taps, \(rows.count) rows, \(columns.count) columns")
    func key(_ t: Int) -> (UInt, Int, Int) { (taps[t].magnitude, taps[t] > 0 ? 0 : 1, t) }
    let order = taps.indices.filter { taps[$0] != 0 }.sorted { key($0) < key($1) }
    var groups: [Int] = []
    for (i, t) in order.enumerated() {
      if i == 0 || taps[order[i - 1]].magnitude != taps[t].magnitude {
        groups += [Int(taps[t].magnitude), 0, 0]
      }
      groups[groups.count - (taps[t] > 0 ? 2 : 1)] += 1
    }
    self.groups = SampleBuffer(groups)
    groupCount = groups.count / 3
    places = TapPlaces(rows: order.map { rows[$0] }, columns: order.map { columns[$0] })
    cost = order.count + stride(from: 0, to: groups.count, by: 3).count { groups[$0] != 1 }
  }
}

/// One kernel, as it is to be summed.
package enum KernelSum: Sendable {
  /// Σ over all taps.
  case direct(TapList)
  /// Σ down a column of taps, then along a row of taps over those sums.
  case separable(column: TapList, row: TapList)
  /// weight · Σ over the whole window, every sum made from the one above it.
  case running(weight: Int)
}

/// How the responses of several kernels become one.
package enum ResponseCombination: Sendable, Equatable {
  /// One kernel, its response as it is.
  case single
  /// √(a² + b²) of two kernels as Float64, or where that is proven exact, as Float32 or rounded to Int16.
  case magnitude(AccumulatorType)
  /// The largest response.
  case maximum
}

/// How sums become samples.
package struct Finishing: Sendable {
  let scale: Double
  let offset: Double
  /// Whether Float32 is proven to round to the same integers.
  let isNarrow: Bool
  /// Whether every response is proven to be in the range of the samples.
  let alwaysFits: Bool
  /// The sum of all taps, for kernels that are cut off at the border.
  let total: Double
  /// Rows of the sums of the taps that are left, one a column; empty where nothing is cut off.
  let rest: [[Double]]
  /// Which of `rest` each output row takes.
  let restOfRow: [Int]

  package init(
    scale: Double = 1, offset: Double = 0, isNarrow: Bool = false, alwaysFits: Bool = false,
    total: Double = 1,
    rest: [[Double]] = [], restOfRow: [Int] = []
  ) {
    self.scale = scale
    self.offset = offset
    self.isNarrow = isNarrow
    self.alwaysFits = alwaysFits
    self.total = total
    self.rest = rest
    self.restOfRow = restOfRow
  }

  /// The same for some output samples only.
  func part(rows: Range<Int>, columns: Range<Int>) -> Finishing {
    Finishing(
      scale: scale, offset: offset, isNarrow: isNarrow, alwaysFits: alwaysFits, total: total,
      rest: rest.map { Array($0[columns]) },
      restOfRow: rest.isEmpty ? [] : Array(restOfRow[rows]))
  }

  /// Whether a sum is its own response.
  var isIdentity: Bool { scale == 1 && offset == 0 && rest.isEmpty }
}
