/// Lines of the cache that `multiplyTiles` fetches, two for every four k: each so many numbers behind the last.
struct LineFetch {
  let start: UnsafePointer<Float>
  let step: Int
}

/// A panel in the image that several tiles fetch, each a line of half of the channels.
struct PanelFetch {
  private let start: UnsafePointer<Float>
  private let plane: Int
  private let channels: Int
  private let count: Int
  private var done = 0

  init(_ start: UnsafePointer<Float>, plane: Int, channels: Int, width: Int) {
    (self.start, self.plane, self.channels) = (start, plane, channels)
    count = 2 * ((width + Self.line - 1) / Self.line)
  }

  /// Numbers of a line of the cache.
  private static var line: Int { 16 }

  /// The next tile's share, nil when all is done.
  mutating func next() -> LineFetch? {
    guard done < count else { return nil }
    defer { done += 1 }
    let channel = done % 2 * (channels / 2)
    return LineFetch(start: start + channel * plane + done / 2 * Self.line, step: plane)
  }
}
