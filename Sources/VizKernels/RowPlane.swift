/// A plane whose rows are made when they are asked for: the last step of a chain, which holds on to
/// the steps before it.
///
/// A band of rows is made by asking each step for the rows that the next one looks at; what lies
/// between two steps is never more than a band.
package struct RowPlane: Sendable {
  package let width: Int
  package let height: Int
  /// 0 UInt8, 1 UInt16, 2 Int16, 3 Float.
  package let sampleCode: Int
  private let origin: Origin

  private indirect enum Origin: Sendable {
    case channel(Int, of: Pixels)
    case gray(of: Pixels)
    case grayOf(RowPlane, RowPlane, RowPlane)
    case filtered(RowPlane, by: any RowFilter)
    case part(of: RowPlane, left: Int, top: Int)
  }

  /// Interleaved samples in memory.
  package struct Pixels: Sendable {
    let storage: SampleBuffer
    let width: Int
    let height: Int
    let channels: Int
    let sampleCode: Int
    /// Whether rows may not be there yet.
    let isArriving: Bool

    package init(
      _ storage: SampleBuffer, width: Int, height: Int, channels: Int, sampleCode: Int,
      isArriving: Bool = false
    ) {
      self.storage = storage
      self.width = width
      self.height = height
      self.channels = channels
      self.sampleCode = sampleCode
      self.isArriving = isArriving
    }

    var bytesPerSample: Int { Convolution.byteCount(sampleCode) }
    var rows: PlaneRows { PlaneRows(storage, rowBytes: width * channels * bytesPerSample) }
  }

  private init(width: Int, height: Int, sampleCode: Int, _ origin: Origin) {
    self.width = width
    self.height = height
    self.sampleCode = sampleCode
    self.origin = origin
  }

  /// One channel of a picture.
  package init(channel: Int, of pixels: Pixels) {
    self.init(
      width: pixels.width, height: pixels.height, sampleCode: pixels.sampleCode,
      .channel(channel, of: pixels))
  }

  /// Gray of a coloured picture.
  package init(grayOf pixels: Pixels) {
    self.init(
      width: pixels.width, height: pixels.height, sampleCode: pixels.sampleCode,
      .gray(of: pixels))
  }

  /// Gray of three planes.
  package init(red: RowPlane, green: RowPlane, blue: RowPlane) {
    self.init(
      width: red.width, height: red.height, sampleCode: red.sampleCode,
      .grayOf(red, green, blue))
  }

  package func filtered(by filter: any RowFilter) -> RowPlane {
    RowPlane(
      width: filter.outputWidth, height: filter.outputHeight, sampleCode: filter.outputCode,
      .filtered(self, by: filter))
  }

  /// The rows `top ..< top + height`, columns `left ..< left + width`.
  package func part(left: Int, top: Int, width: Int, height: Int) -> RowPlane {
    if width == self.width, height == self.height { return self }
    precondition(
      left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
      "\(width)×\(height) at \(left),\(top) of a plane of \(self.width)×\(self.height)")
    return RowPlane(
      width: width, height: height, sampleCode: sampleCode,
      .part(of: self, left: left, top: top))
  }

  // MARK: - What bands need

  package var bytesPerSample: Int { Convolution.byteCount(sampleCode) }
  private var rowBytes: Int { width * bytesPerSample }

  /// The memory that holds all rows, one after the other, where there is such.
  package var storage: SampleBuffer? {
    guard case .channel(_, let pixels) = origin, pixels.channels == 1 else { return nil }
    return pixels.storage
  }

  /// How many rows of an arriving picture must be there for some rows of this plane.
  package func arrivingRows(for rows: Range<Int>) -> Int {
    switch origin {
    case .channel(_, let pixels), .gray(let pixels): pixels.isArriving ? rows.upperBound : 0
    case .grayOf(let red, _, _): red.arrivingRows(for: rows)
    case .filtered(let plane, let filter): plane.arrivingRows(for: filter.sourceRows(for: rows))
    case .part(let plane, _, let top):
      plane.arrivingRows(for: rows.lowerBound + top..<rows.upperBound + top)
    }
  }

  /// Rows that neighbouring bands both make, over all steps, and bytes of a row of all of them.
  private var shared: (rows: Int, rowBytes: Int) {
    switch origin {
    case .channel(_, let pixels): return (0, pixels.channels == 1 ? 0 : rowBytes)
    case .gray: return (0, rowBytes)
    case .grayOf(let red, _, _):
      let each = red.shared
      return (3 * each.rows, 3 * each.rowBytes + rowBytes)
    case .filtered(let plane, let filter):
      let before = plane.shared
      let middle = height / 2
      let halo = filter.sourceRows(for: middle..<middle + 1).count - 1
      let isMade = plane.storage == nil
      return (before.rows + (isMade ? halo : 0), before.rowBytes + rowBytes)
    case .part(let plane, _, _): return plane.shared
    }
  }

  /// Rows of a band: as many as the steps' rows fit the second-level cache, but so many that no more
  /// than a seventh is made twice.
  package static func bandHeight(of planes: [RowPlane]) -> Int {
    let bytes = planes.reduce(1) { max($0, $1.shared.rowBytes) }
    let halo = planes.reduce(0) { max($0, $1.shared.rows) }
    return max(cachedBytes / bytes, 7 * halo, 16)
  }

  private static let cachedBytes = 256 << 10

  // MARK: - Making rows

  /// Some rows, where they are if they are in memory, else in memory of `scratch`.
  private func rows(_ rows: Range<Int>, _ scratch: Scratch, _ table: KernelTable) -> PlaneRows {
    if case .channel(_, let pixels) = origin, pixels.channels == 1 { return pixels.rows }
    if case .part(let plane, let left, let top) = origin {
      let inside = plane.rows(rows.lowerBound + top..<rows.upperBound + top, scratch, table)
      return PlaneRows(
        start: inside.start + left * bytesPerSample, first: inside.first - top,
        rowBytes: inside.rowBytes)
    }
    let made = PlaneRows(
      start: scratch.take(rows.count * rowBytes), first: rows.lowerBound, rowBytes: rowBytes)
    _ = make(rows, into: made, scratch, table)
    return made
  }

  /// Makes some rows.
  ///
  /// - Returns: the responses of the last step that its samples could not hold.
  package func make(
    _ rows: Range<Int>, into output: PlaneRows, _ scratch: Scratch, _ table: KernelTable
  ) -> Clipping {
    let mark = scratch.mark
    defer { scratch.giveBack(to: mark) }
    switch origin {
    case .channel(let channel, let pixels) where pixels.channels > 1:
      for y in rows {
        table.deinterleaveRow(
          bytesPerSample, pixels.rows.row(y), pixels.channels, channel, width, output.row(y))
      }
    case .gray(let pixels):
      for y in rows {
        let row = pixels.rows.row(y)
        table.grayRow(
          sampleCode, row, row + bytesPerSample, row + 2 * bytesPerSample, pixels.channels, width,
          output.row(y))
      }
    case .grayOf(let red, let green, let blue):
      let colors = [red, green, blue].map { $0.rows(rows, scratch, table) }
      for y in rows {
        table.grayRow(
          sampleCode, colors[0].row(y), colors[1].row(y), colors[2].row(y), 1, width,
          output.row(y))
      }
    case .filtered(let plane, let filter):
      let source = plane.rows(filter.sourceRows(for: rows), scratch, table)
      return filter.run(rows, from: source, into: output, table)
    case .channel, .part:
      let source = self.rows(rows, scratch, table)
      for y in rows { output.row(y).copyMemory(from: source.row(y), byteCount: rowBytes) }
    }
    return Clipping()
  }
}

extension RowPlane {
  /// Makes some rows of planes of one size as the channels of pixels.
  ///
  /// - Returns: what the last steps of the first `counting` planes lost.
  package static func interleave(
    _ planes: [RowPlane], counting: Int, _ rows: Range<Int>, into target: PlaneRows,
    _ scratch: Scratch, _ table: KernelTable
  ) -> Clipping {
    if planes.count == 1 { return planes[0].make(rows, into: target, scratch, table) }
    var clipping = Clipping()
    for (channel, plane) in planes.enumerated() {
      let mark = scratch.mark
      let made = PlaneRows(
        start: scratch.take(rows.count * plane.rowBytes), first: rows.lowerBound,
        rowBytes: plane.rowBytes)
      let lost = plane.make(rows, into: made, scratch, table)
      if channel < counting { clipping += lost }
      for y in rows {
        table.interleaveRow(
          plane.bytesPerSample, made.row(y), planes.count, channel, plane.width, target.row(y))
      }
      scratch.giveBack(to: mark)
    }
    return clipping
  }
}

/// Memory for the rows between steps, used again for one band after the other by one thread at a time.
package final class Scratch: @unchecked Sendable {
  private var buffers: [SampleBuffer] = []
  private(set) var mark = 0

  package init() {}

  /// Lends memory for `body`, which may take more.
  package func lending(_ byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let mark = mark
    body(take(byteCount))
    giveBack(to: mark)
  }

  func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if mark == buffers.count {
      buffers.append(SampleBuffer(byteCount: byteCount))
    } else if buffers[mark].byteCount < byteCount {
      buffers[mark] = SampleBuffer(byteCount: byteCount)
    }
    mark += 1
    return buffers[mark - 1].bytes
  }

  /// What was taken since `mark` was read is free again.
  func giveBack(to mark: Int) { self.mark = mark }
}
