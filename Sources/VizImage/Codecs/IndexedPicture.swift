/// A picture of few colours: a list of them, and for each pixel its colour's place in the list.
struct IndexedPicture {
  /// One channel of 8 bits.
  let indices: Image
  /// Red, green and blue of one colour behind the other.
  let palette: [UInt8]

  private static let mostColors = 256

  /// nil where the samples are not 8-bit RGB, or of too many colours.
  ///
  /// Along the colour scales of data, red less blue rises or falls throughout: in that order, places change as little
  /// between neighbours as the data do, which is what filters of rows look for.
  init?(_ image: Image) {
    guard image.layout == .rgb, image.sampleType == .uint8 else { return nil }
    let samples = image.samples(as: UInt8.self)
    let colors = (0..<samples.count / 3).map { i -> UInt32 in
      samples[(3 * i)..<(3 * i + 3)].reduce(0) { $0 << 8 | UInt32($1) }
    }
    var places: [UInt32: UInt8] = [:]
    for color in colors where places[color] == nil {
      guard places.count < Self.mostColors else { return nil }
      places[color] = 0
    }
    let sorted = places.keys.sorted { (Self.order($0), $0) < (Self.order($1), $1) }
    for (i, color) in sorted.enumerated() { places[color] = UInt8(i) }
    let pixels: [UInt8] = colors.map { places[$0] ?? 0 }
    indices = Image(width: image.width, height: image.height, layout: .gray, samples: pixels)
    palette = sorted.flatMap { color -> [UInt8] in
      [16, 8, 0].map { UInt8(truncatingIfNeeded: color >> UInt32($0)) }
    }
  }

  private static func order(_ color: UInt32) -> Int { Int(color >> 16) - Int(color & 0xff) }
}
