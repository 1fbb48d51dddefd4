package import VizImage

/// A surface of RGB pixels that pictures, lines and text are drawn on; what lies outside is cut.
package struct Canvas: Sendable {
  package let width: Int
  package let height: Int
  /// Interleaved rows: `pixels[3 · (y · width + x) + channel]`.
  package private(set) var pixels: [UInt8]
  /// Glyphs drawn so far: a caption repeats few characters many times.
  var glyphs: [GlyphKey: GlyphBitmap] = [:]

  /// A surface of one colour.
  package init(width: Int, height: Int, background: Color) {
    precondition(width > 0 && height > 0, "a canvas of \(width)×\(height) pixels")
    self.width = width
    self.height = height
    pixels = Canvas.flatPixels(count: width * height, color: background)
  }

  /// A surface that holds a drawing already.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == 3 * width * height,
      "\(pixels.count) samples for a canvas of \(width)×\(height) pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  package var raster: Raster { Raster(width: width, height: height, pixels: pixels) }

  /// The drawing as an 8-bit RGB picture.
  package var image: Image { raster.image }

  /// Fills a rectangle.
  package mutating func fill(x: Int, y: Int, width: Int, height: Int, color: Color) {
    let columns = max(x, 0)..<max(max(x, 0), min(x + width, self.width))
    for row in max(y, 0)..<max(max(y, 0), min(y + height, self.height)) {
      for column in columns { set(3 * (row * self.width + column), color) }
    }
  }

  /// Draws the outline of a rectangle, one pixel wide, inside of it.
  package mutating func frame(x: Int, y: Int, width: Int, height: Int, color: Color) {
    fill(x: x, y: y, width: width, height: 1, color: color)
    fill(x: x, y: y + height - 1, width: width, height: 1, color: color)
    fill(x: x, y: y, width: 1, height: height, color: color)
    fill(x: x + width - 1, y: y, width: 1, height: height, color: color)
  }

  /// Copies RGB pixels with their upper left corner at `x`, `y`.
  package mutating func draw(_ picture: Raster, x: Int, y: Int) {
    let first = max(0, -x)
    let count = min(picture.width, width - x) - first
    guard count > 0 else { return }
    for row in max(0, -y)..<max(max(0, -y), min(picture.height, height - y)) {
      let target = 3 * ((y + row) * width + x + first)
      let source = 3 * (row * picture.width + first)
      pixels.replaceSubrange(
        target..<(target + 3 * count), with: picture.pixels[source..<(source + 3 * count)])
    }
  }

  /// The same within a fine frame, for pictures whose edges may have the paper's colour.
  package mutating func drawFramed(_ picture: Raster, x: Int, y: Int, color: Color) {
    draw(picture, x: x, y: y)
    frame(x: x - 1, y: y - 1, width: picture.width + 2, height: picture.height + 2, color: color)
  }

  /// Mixes a colour into a pixel; `coverage` 255 replaces it.
  mutating func blend(x: Int, y: Int, color: Color, coverage: UInt8) {
    guard 0..<width ~= x, 0..<height ~= y, coverage > 0 else { return }
    let i = 3 * (y * width + x)
    pixels[i] = mixed(pixels[i], color.red, coverage)
    pixels[i + 1] = mixed(pixels[i + 1], color.green, coverage)
    pixels[i + 2] = mixed(pixels[i + 2], color.blue, coverage)
  }

  private mutating func set(_ i: Int, _ color: Color) {
    pixels[i] = color.red
    pixels[i + 1] = color.green
    pixels[i + 2] = color.blue
  }

  private func mixed(_ below: UInt8, _ above: UInt8, _ coverage: UInt8) -> UInt8 {
    let c = Int(coverage)
    return UInt8((Int(below) * (255 - c) + Int(above) * c + 127) / 255)
  }

  private static func flatPixels(count: Int, color: Color) -> [UInt8] {
    if color.red == color.green, color.green == color.blue {
      return [UInt8](repeating: color.red, count: 3 * count)
    }
    var pixels = [UInt8](repeating: color.red, count: 3 * count)
    for i in stride(from: 0, to: 3 * count, by: 3) {
      pixels[i + 1] = color.green
      pixels[i + 2] = color.blue
    }
    return pixels
  }
}
