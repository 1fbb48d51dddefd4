internal import Synchronization
package import VizKernels

/// A picture behind a chain of filters, made band by band when it is asked for.
package struct FilteredPicture: Sendable {
  package let source: PictureSource
  /// One gray plane or red, green and blue.
  let colors: [RowPlane]
  let alpha: RowPlane?
  /// What the steps before lost where the last of them needed the whole picture.
  let clippingBefore: Clipping
  let execution: Execution

  var planes: [RowPlane] { colors + [alpha].compactMap(\.self) }
  fileprivate var pass: BandPass { BandPass(source: source, execution: execution) }

  /// Responses of all colours.
  package var responseCount: Int { colors.count * colors[0].width * colors[0].height }

  /// All rows as planes.
  package func result() throws(ImageError) -> FilterResult {
    let (made, clipping) = try pass.store(planes, counting: colors.count)
    var total = clippingBefore
    total += clipping
    return FilterResult(
      planes: Array(made[..<colors.count]), alpha: alpha == nil ? nil : made[colors.count],
      clipped: total.count, clippedBelow: total.below, metadata: source.metadata)
  }
}

/// The pixels of a filtered picture, for one pass over them.
package final class FilteredRows: PixelRows {
  private let picture: FilteredPicture
  private let scratches = ScratchPool()
  private let counted: Mutex<Clipping>

  package init(_ picture: FilteredPicture) {
    self.picture = picture
    counted = Mutex(picture.clippingBefore)
  }

  package var width: Int { picture.colors[0].width }
  package var height: Int { picture.colors[0].height }
  package var sampleType: SampleType { picture.colors[0].sampleType }
  package var metadata: ImageMetadata { picture.source.metadata }
  package var rowsAtOnce: Int { RowPlane.bandHeight(of: picture.planes) }
  package var layout: ChannelLayout {
    ChannelLayout(hasColor: picture.colors.count == 3, hasAlpha: picture.alpha != nil)
  }

  /// Responses, of the rows made so far, that the samples could not hold.
  package var clipped: (below: Int, all: Int) {
    let clipping = counted.withLock(\.self)
    return (clipping.below, clipping.count)
  }

  package func run(
    count: Int, jobs: Int, _ body: @Sendable (Int) -> Void
  ) throws(ImageError) {
    try picture.source.run(count: count, jobs: jobs, body)
  }

  package func withRows(_ rows: Range<Int>, _ body: (PlaneRows) -> Void) {
    guard picture.pass.wait(for: rows, of: picture.planes) else { return }
    scratches.lend { scratch in
      unsafe scratch.lending(rows.count * rowBytes) { start in
        let pixels = unsafe PlaneRows(start: start, first: rows.lowerBound, rowBytes: rowBytes)
        make(rows, into: pixels, scratch)
        body(pixels)
      }
    }
  }

  package func image() throws(ImageError) -> Image {
    let storage = SampleBuffer(byteCount: rowBytes * height)
    let pixels = PlaneRows(storage, rowBytes: rowBytes)
    try picture.pass.run(picture.planes) { rows, scratch in make(rows, into: pixels, scratch) }
    return Image(
      width: width, height: height, layout: layout, sampleType: sampleType, storage: storage,
      metadata: metadata)
  }

  private func make(_ rows: Range<Int>, into pixels: PlaneRows, _ scratch: Scratch) {
    let clipping = picture.source.times.measuring(.filter) {
      RowPlane.interleave(
        picture.planes, counting: picture.colors.count, rows, into: pixels, scratch,
        picture.execution.kernels)
    }
    counted.withLock { $0 += clipping }
  }
}

/// Work on bands of rows of planes that are made from a picture, which may still be arriving.
struct BandPass {
  let source: PictureSource
  let execution: Execution

  /// Runs `body` for every band of the planes' rows, once the rows that it needs are there.
  func run(
    _ planes: [RowPlane], _ body: @Sendable (Range<Int>, Scratch) -> Void
  ) throws(ImageError) {
    let rows = execution.bandHeight ?? RowPlane.bandHeight(of: planes)
    let height = planes[0].height
    let bands = (height + rows - 1) / rows
    // Where threads cost more than they gain, one does it all.
    let isSmall = planes[0].width * height < Self.worthwhile && execution.bandHeight == nil
    let scratches = ScratchPool()
    try source.run(count: bands, jobs: isSmall ? 1 : execution.jobs) { band in
      let band = band * rows..<min((band + 1) * rows, height)
      guard wait(for: band, of: planes) else { return }
      scratches.lend { scratch in body(band, scratch) }
    }
  }

  /// Waits until some rows can be made; false where they never can.
  func wait(for rows: Range<Int>, of planes: [RowPlane]) -> Bool {
    source.wait(for: planes.reduce(0) { max($0, $1.arrivingRows(for: rows)) })
  }

  /// Samples from which on threads are worth starting.
  static let worthwhile = 128 << 10

  /// All rows of planes, and what the first `counting` of them lost.
  func store(
    _ planes: [RowPlane], counting: Int
  ) throws(ImageError) -> (planes: [Plane], clipping: Clipping) {
    let buffers = planes.map {
      $0.storage ?? SampleBuffer(byteCount: $0.width * $0.height * $0.bytesPerSample)
    }
    let made = planes.indices.filter { planes[$0].storage == nil }
    let total = Mutex(Clipping())
    if made.isEmpty {
      _ = try source.image()
    } else {
      try run(made.map { planes[$0] }) { rows, scratch in
        for p in made {
          let target = PlaneRows(buffers[p], rowBytes: planes[p].width * planes[p].bytesPerSample)
          let clipping = source.times.measuring(.filter) {
            planes[p].make(rows, into: target, scratch, execution.kernels)
          }
          if p < counting { total.withLock { $0 += clipping } }
        }
      }
    }
    let stored = zip(planes, buffers).map {
      Plane(width: $0.width, height: $0.height, sampleType: $0.sampleType, storage: $1)
    }
    return (stored, total.withLock { $0 })
  }
}

/// Memory that threads lend for a band each.
final class ScratchPool: Sendable {
  private let free = Mutex<[Scratch]>([])

  func lend<Result>(_ body: (Scratch) -> Result) -> Result {
    let scratch = free.withLock { $0.popLast() } ?? Scratch()
    defer { free.withLock { $0.append(scratch) } }
    return body(scratch)
  }
}

extension RowPlane: PlaneShape {
  package var sampleType: SampleType {
    switch sampleCode {
    case 0: .uint8
    case 1: .uint16
    case 2: .int16
    default: .float
    }
  }

  /// A plane that is in memory.
  init(_ plane: Plane) {
    self.init(
      channel: 0,
      of: Pixels(
        plane.storage, width: plane.width, height: plane.height, channels: 1,
        sampleCode: plane.sampleType.code))
  }
}
