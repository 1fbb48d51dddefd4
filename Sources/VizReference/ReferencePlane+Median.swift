extension ReferencePlane {
  /// The middle of the `size`² values around each pixel, in order of size.
  ///
  ///     out(y, x) = median { src(y + i, x + j) : −size/2 ≤ i, j ≤ size/2 }
  ///
  /// `size` is odd.
  ///
  /// - Shapes: `W × H`; with `crop` `(W − size + 1) × (H − size + 1)`.
  /// - Throws: `edgeNotAvailable` for `renormalize`, `smallerThanKernel` with `crop`, `notANumber`.
  package func median(size: Int, edge: ReferenceEdge) throws(ReferenceError) -> ReferencePlane {
    precondition(size > 0 && size % 2 == 1, "a median of \(size)×\(size)")
    if edge == .renormalize { throw .edgeNotAvailable(operation: "median", edge: edge) }
    if let place = values.firstIndex(where: \.isNaN) {
      throw .notANumber(x: place % width, y: place / width)
    }
    let output = try outputSize(windowWidth: size, windowHeight: size, edge: edge)
    let columns = edge.table(count: width, reach: size, anchor: size / 2)
    let rows = edge.table(count: height, reach: size, anchor: size / 2)
    var window = [Double](repeating: 0, count: size * size)
    var medians = [Double]()
    medians.reserveCapacity(output.width * output.height)
    for y in 0..<output.height {
      for x in 0..<output.width {
        for i in 0..<size {
          for j in 0..<size {
            let (row, column) = (rows[y + i], columns[x + j])
            window[i * size + j] =
              row < 0 || column < 0 ? edge.outside : values[row * width + column]
          }
        }
        medians.append(middle(of: &window))
      }
    }
    return ReferencePlane(width: output.width, height: output.height, values: medians)
  }
}

/// The median of an odd number of values, which change their order.
///
/// Narrows down the part that holds the middle place: what is smaller than a value out of that part
/// goes to its left, what is larger to its right.
///
/// - Source: Hoare 1961, algorithm 65, "Find".
private func middle(of values: inout [Double]) -> Double {
  let middle = values.count / 2
  var (low, high) = (0, values.count - 1)
  while low < high {
    let pivot = values[middle]
    var (i, j) = (low, high)
    repeat {
      while values[i] < pivot { i += 1 }
      while pivot < values[j] { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    } while i <= j
    if j < middle { low = i }
    if middle < i { high = j }
  }
  return values[middle]
}
