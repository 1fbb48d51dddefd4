internal import CShims
internal import Synchronization
internal import VizKernels

/// PNG, compressed in strips on several threads.
///
/// A strip is a number of rows that follows from the picture alone, so the bytes are the same for any
/// number of threads. The strips' outputs in order are one zlib stream; each goes into its own IDAT
/// chunk.
/// - Source: PNG (Third Edition); RFC 1950, RFC 1951.
enum PNGEncoder {
  /// Filtered bytes of a strip, about: enough to compress well, small enough to share the work.
  private static let stripBytes = 262_144
  /// Filters do not look from one strip into another, which costs little where this many rows do.
  private static let leastRows = 8

  /// Encodes unsigned samples, a strip when its rows are there.
  ///
  /// With a palette, red, green and blue for each colour, the samples are places in it.
  static func encode(
    _ image: some PixelRows, palette: [UInt8] = [], options: EncodingOptions, times: WorkTimes
  ) throws(ImageError) -> [UInt8] {
    let strips = try compress(image, jobs: options.jobs, times)
    return times.measuring(.encode) { file(of: image, palette, strips, options) }
  }

  /// What IHDR says of a picture, and its data in the order of their chunks.
  static func parts(
    of image: some PixelRows, options: EncodingOptions
  ) throws(ImageError) -> (header: [UInt8], data: [[UInt8]]) {
    let strips = try compress(image, jobs: options.jobs, WorkTimes())
    return (header(of: image, hasPalette: false), strips.map(\.bytes))
  }

  private static func file(
    of image: some PixelRows, _ palette: [UInt8], _ strips: [Strip], _ options: EncodingOptions
  ) -> [UInt8] {
    var file = PNGStructure.signature
    file.reserveCapacity(strips.reduce(4_096) { $0 + $1.bytes.count + 12 })
    appendChunk("IHDR", header(of: image, hasPalette: !palette.isEmpty), to: &file)
    appendChunk("tEXt", text("Software", ImageMarker.software), to: &file)
    if let profile = image.writableProfile { appendProfile(profile, to: &file) }
    if !palette.isEmpty { appendChunk("PLTE", palette, to: &file) }
    for (key, value) in options.texts { appendText(key, value, to: &file) }
    for strip in strips { appendChunk("IDAT", strip.bytes, to: &file) }
    appendChunk("IEND", [], to: &file)
    return file
  }

  private static func header(of image: some PixelRows, hasPalette: Bool) -> [UInt8] {
    let colorType: UInt8 =
      hasPalette ? 3 : (image.layout.hasColor ? 2 : 0) + (image.layout.hasAlpha ? 4 : 0)
    let depth = UInt8(image.sampleType.byteCount * 8)
    return bigEndian(image.width) + bigEndian(image.height) + [depth, colorType, 0, 0, 0]
  }

  private struct Strip: Sendable {
    var bytes: [UInt8] = []
    var adler: UInt32 = 1
    var filteredCount = 0
  }

  private static func compress(
    _ image: some PixelRows, jobs: Int, _ times: WorkTimes
  ) throws(ImageError) -> [Strip] {
    let rows = max(leastRows, stripBytes / (image.rowBytes + 1))
    let count = (image.height + rows - 1) / rows
    let finished = Mutex([Strip](repeating: Strip(), count: count))
    let perBand = stripsPerBand(of: image, stripRows: rows, jobs: jobs)
    try image.run(count: (count + perBand - 1) / perBand, jobs: jobs) { band in
      let strips = band * perBand..<min((band + 1) * perBand, count)
      let band = strips.lowerBound * rows..<min(strips.upperBound * rows, image.height)
      image.withRows(band) { pixels in
        for index in strips {
          let strip = index * rows..<min((index + 1) * rows, image.height)
          let compressed = times.measuring(.encode) { compressStrip(strip, of: image, pixels) }
          finished.withLock { $0[index] = compressed }
        }
      }
    }
    var strips = finished.withLock(\.self)
    let adler = strips.reduce(UInt32(1)) { viz_adler32_combine($0, $1.adler, $1.filteredCount) }
    strips[count - 1].bytes += bigEndian(Int(adler))
    return strips
  }

  /// Strips that are made together: so many rows that little is filtered twice, where that leaves each
  /// thread a few bands.
  private static func stripsPerBand(
    of image: some PixelRows, stripRows: Int, jobs: Int
  ) -> Int {
    let share = jobs == 1 ? image.height : image.height / (2 * jobs)
    return max(1, min(image.rowsAtOnce, share) / stripRows)
  }

  private static func compressStrip(
    _ rows: Range<Int>, of image: some PixelRows, _ pixels: PlaneRows
  ) -> Strip {
    var strip = Strip(filteredCount: rows.count * (image.rowBytes + 1))
    let capacity = viz_png_strip_bound(strip.filteredCount)
    strip.bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      var output = unsafe viz_png_strip(
        samples: pixels.row(rows.lowerBound), width: image.width, rows: rows.count,
        channels: Int32(image.layout.channels),
        bytes_per_sample: Int32(image.sampleType.byteCount),
        is_first: rows.lowerBound == 0 ? 1 : 0, is_last: rows.upperBound == image.height ? 1 : 0,
        target: target.baseAddress, count: 0, adler: 0)
      let done = unsafe viz_png_compress_strip(&output)
      precondition(done != 0, "no memory for a strip of \(strip.filteredCount) bytes")
      count = unsafe output.count
      strip.adler = unsafe output.adler
    }
    return strip
  }

  // MARK: - Chunks

  static func appendChunk(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
    let name = Array(name.utf8)
    file += bigEndian(data.count)
    file += name
    file += data
    let crc = unsafe viz_crc32(viz_crc32(0, name, name.count), data, data.count)
    file += bigEndian(Int(crc))
  }

  static func bigEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private static func appendProfile(_ profile: [UInt8], to file: inout [UInt8]) {
    let capacity = viz_zlib_bound(profile.count)
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      count = unsafe viz_zlib_compress(profile, profile.count, target.baseAddress, capacity)
    }
    appendChunk("iCCP", Array("ICC".utf8) + [0, 0] + packed, to: &file)
  }

  /// Key and value as tEXt has them.
  static func text(_ key: String, _ value: String) -> [UInt8] {
    Array(key.utf8) + [0] + Array(value.utf8)
  }

  /// ASCII as tEXt, anything else as iTXt (UTF-8, not compressed).
  static func appendText(_ key: String, _ value: String, to file: inout [UInt8]) {
    precondition(
      (1...79).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20..<0x7f).contains($0) },
      "“\(key)” as the key of a PNG text")
    if value.utf8.allSatisfy({ $0 < 0x80 && $0 != 0 }) {
      appendChunk("tEXt", text(key, value), to: &file)
    } else {
      appendChunk("iTXt", Array(key.utf8) + [0, 0, 0, 0, 0] + Array(value.utf8), to: &file)
    }
  }
}
