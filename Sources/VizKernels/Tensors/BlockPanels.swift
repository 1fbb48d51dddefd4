/// The columns of a block's panels that are pixels.
struct BlockPanels {
  struct Run {
    let column: Int
    let count: Int
    /// Where the first is in the output, for the first channel.
    let place: Int
  }

  struct Panel {
    /// Up to the last column that is a pixel.
    let columns: Int
    let runs: Range<Int>
    /// Whether it is one run, as wide as whole vectors.
    let isWhole: Bool
    let isInPlace: Bool
  }

  private(set) var all: [Panel] = []
  private(set) var runs: [Run] = []
  /// Where each panel's first run is in the output, and in the input, for the first channel.
  private var outputs: [Int] = []
  private var inputs: [Int] = []

  init<Columns: BlockColumns>(
    _ columns: Columns, width: Int, place: (PixelRun) -> (output: Int, input: Int)
  ) {
    all.reserveCapacity(columns.panels)
    runs.reserveCapacity(columns.panels)
    outputs = [Int](repeating: 0, count: columns.panels)
    inputs = outputs
    for p in 0..<columns.panels {
      let first = runs.count
      columns.forRuns(of: p) { column, run in
        let place = place(run)
        if runs.count == first { (outputs[p], inputs[p]) = place }
        runs.append(Run(column: column, count: run.count, place: place.output))
      }
      let end = runs.count == first ? 0 : runs[runs.count - 1].column + runs[runs.count - 1].count
      let isWhole =
        runs.count == first + 1 && runs[first].count == end && [width / 2, width].contains(end)
      all.append(
        Panel(
          columns: end, runs: first..<runs.count, isWhole: isWhole,
          isInPlace: columns.isInPlace(p)))
    }
  }

  /// Numbers by panel.
  struct Places {
    /// Where they begin among what is laid out.
    let starts: UnsafePointer<Int>
    /// From there, where the numbers of each k are, if they do not follow one another.
    let offsets: UnsafePointer<Int>?
    let outputs: UnsafePointer<Int>
    let inputs: UnsafePointer<Int>
  }

  /// Lends the places of all panels, with their starts and offsets for some channels.
  func lending(_ starts: [Int], _ offsets: [Int]?, _ body: (Places) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      outputs.withUnsafeBufferPointer { outputs in
        inputs.withUnsafeBufferPointer { inputs in
          (offsets ?? []).withUnsafeBufferPointer { numbers in
            guard let starts = starts.baseAddress, let outputs = outputs.baseAddress,
              let inputs = inputs.baseAddress
            else { return }
            body(
              Places(
                starts: starts, offsets: offsets == nil ? nil : numbers.baseAddress,
                outputs: outputs, inputs: inputs))
          }
        }
      }
    }
  }

  /// The end of those that can be multiplied at a time, the first one's like.
  func alike(in some: Range<Int>) -> Int {
    let first = all[some.lowerBound]
    var end = some.lowerBound + 1
    while end < some.upperBound, first.isWhole, all[end].isWhole,
      all[end].columns == first.columns, all[end].isInPlace == first.isInPlace
    {
      end += 1
    }
    return end
  }
}
