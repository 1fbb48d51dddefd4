/// One channel of a picture in Float64, for the judge of the engine's results.
///
///     plane[x, y] = values[y · width + x]
///
/// Everything on it is written as plainly as it can be, in Float64 and in one thread. It shares no
/// code with the engine: a mistake made twice has to be made by two people.
package struct ReferencePlane: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let values: [Double]

  package init(width: Int, height: Int, values: [Double]) {
    precondition(width > 0 && height > 0, "a plane of \(width)×\(height)")
    precondition(values.count == width * height, "\(values.count) values for \(width)×\(height)")
    self.width = width
    self.height = height
    self.values = values
  }

  package init<S: ReferenceSample>(width: Int, height: Int, samples: [S]) {
    self.init(width: width, height: height, values: S.referenceValues(samples))
  }

  package subscript(x: Int, y: Int) -> Double { values[y * width + x] }

  /// The stored samples of a plane that `finished(as:)` made for the same type.
  package func samples<S: ReferenceSample>(as type: S.Type) -> [S] {
    S.samples(ofFinished: values)
  }

  /// The part that begins at column `x` and row `y`.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> ReferencePlane {
    precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height)
    return ReferencePlane(
      width: width, height: height,
      values: (y..<(y + height)).flatMap { row in
        values[(row * self.width + x)..<(row * self.width + x + width)]
      })
  }

  /// Where this plane and another of its size differ; nil where they are the same.
  ///
  /// Two NaN count as the same value.
  package func difference(from other: ReferencePlane) -> ReferenceDifference? {
    precondition(
      width == other.width && height == other.height,
      "\(width)×\(height) compared with \(other.width)×\(other.height)")
    var found: ReferenceDifference?
    for i in values.indices {
      let (a, b) = (values[i], other.values[i])
      if a == b || (a.isNaN && b.isNaN) { continue }
      let distance = a.isNaN || b.isNaN ? Double.infinity : abs(a - b)
      var difference =
        found ?? ReferenceDifference(count: 0, largest: 0, firstX: i % width, firstY: i / width)
      difference.count += 1
      difference.largest = max(difference.largest, distance)
      found = difference
    }
    return found
  }
}

/// How two planes differ.
package struct ReferenceDifference: Sendable, Equatable {
  /// How many samples.
  package var count: Int
  /// By how much at most; infinite where one of the two is NaN.
  package var largest: Double
  /// The first place in row-major order.
  package let firstX: Int
  package let firstY: Int

  package init(count: Int, largest: Double, firstX: Int, firstY: Int) {
    self.count = count
    self.largest = largest
    self.firstX = firstX
    self.firstY = firstY
  }
}
