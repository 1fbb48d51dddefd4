package import VizKernels

/// Pixels that an encoder takes some rows at a time; they may be made only then.
package protocol PixelRows: Sendable {
  var width: Int { get }
  var height: Int { get }
  var layout: ChannelLayout { get }
  var sampleType: SampleType { get }
  var metadata: ImageMetadata { get }

  /// So many rows at a time, or more, take less work than fewer.
  var rowsAtOnce: Int { get }

  /// Runs `body` for every index below `count` on at most `jobs` threads.
  ///
  /// - Throws: where rows that `body` asked for never came; what it did is of no use then.
  func run(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) throws(ImageError)

  /// Lends interleaved rows without gaps in between, unless they never come.
  func withRows(_ rows: Range<Int>, _ body: (PlaneRows) -> Void)

  /// All rows.
  func image() throws(ImageError) -> Image
}

extension PixelRows {
  var rowBytes: Int { width * layout.channels * sampleType.byteCount }
}

extension Image: PixelRows {
  package var rowsAtOnce: Int { 1 }

  package func run(
    count: Int, jobs: Int, _ body: @Sendable (Int) -> Void
  ) throws(ImageError) {
    ThreadPool.run(count: count, jobs: jobs, body)
  }

  package func withRows(_ rows: Range<Int>, _ body: (PlaneRows) -> Void) {
    body(PlaneRows(storage, rowBytes: rowBytes))
  }

  package func image() -> Image { self }
}
