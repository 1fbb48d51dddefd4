/// Rows of a plane that are in memory, wherever they are and however many.
///
///     row y starts at start + (y − first) · rowBytes
package struct PlaneRows {
  package let start: UnsafeMutableRawPointer
  /// The number of the row at `start`.
  package let first: Int
  package let rowBytes: Int

  package init(start: UnsafeMutableRawPointer, first: Int = 0, rowBytes: Int) {
    self.start = start
    self.first = first
    self.rowBytes = rowBytes
  }

  /// All rows of a plane that a buffer holds.
  package init(_ buffer: SampleBuffer, rowBytes: Int) {
    self.init(start: buffer.bytes, rowBytes: rowBytes)
  }

  package func row(_ y: Int) -> UnsafeMutableRawPointer { start + (y - first) * rowBytes }
}

// What is read is not written at the same time, and threads write different rows.
extension PlaneRows: @unchecked Sendable {}

/// Responses that integer samples could not hold.
package struct Clipping: Sendable, Equatable {
  /// Below the lowest sample.
  package var below = 0
  /// Above the highest.
  package var above = 0

  package var count: Int { below + above }

  package init() {}

  package init(_ counts: (below: Int, above: Int)) {
    (below, above) = counts
  }

  package static func += (a: inout Clipping, b: Clipping) {
    a.below += b.below
    a.above += b.above
  }
}
