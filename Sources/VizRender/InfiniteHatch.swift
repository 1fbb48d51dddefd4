internal import VizImage

/// Stripes over infinities, rising for +∞ and falling for −∞, so that they are told from the ends of a colour
/// map also without colours.
///
/// Stripes go on from pixel to pixel: an area of infinities is one hatched area.
enum InfiniteHatch {
  private static let period = 6
  static let stripe = Color(hex: 0x101010)

  /// Whether the pixel is part of a stripe, as the sign has it.
  static func isStripe(x: Int, y: Int, isPositive: Bool) -> Bool {
    let step = isPositive ? x + y : x - y
    let phase = ((step % period) + period) % period
    return phase < period / 2
  }

  /// A picture of samples that were repeated a whole number of times, with its infinities hatched; one that
  /// was made smaller stays as it is.
  static func drawn(on raster: Raster, of plane: Plane) -> Raster {
    let factor = raster.width / max(plane.width, 1)
    guard plane.sampleType == .float, factor > 0, raster.width == factor * plane.width,
      raster.height == factor * plane.height
    else { return raster }
    let samples = plane.samples(as: Float.self)
    guard samples.contains(where: \.isInfinite) else { return raster }
    var pixels = raster.pixels
    for (i, sample) in samples.enumerated() where sample.isInfinite {
      let (left, top) = (i % plane.width * factor, i / plane.width * factor)
      for y in top..<top + factor {
        for x in left..<left + factor
        where isStripe(x: x, y: y, isPositive: sample > 0) {
          let place = 3 * (y * raster.width + x)
          pixels[place] = stripe.red
          pixels[place + 1] = stripe.green
          pixels[place + 2] = stripe.blue
        }
      }
    }
    return Raster(width: raster.width, height: raster.height, pixels: pixels)
  }
}

extension Canvas {
  /// Stripes over a rectangle.
  mutating func hatch(x: Int, y: Int, width: Int, height: Int, isPositive: Bool) {
    for row in y..<y + height {
      for column in x..<x + width
      where InfiniteHatch.isStripe(x: column, y: row, isPositive: isPositive) {
        fill(x: column, y: row, width: 1, height: 1, color: InfiniteHatch.stripe)
      }
    }
  }
}

extension PlaneRendering {
  /// The plane at the size at which a sheet shows it, infinities hatched.
  func picture(of plane: Plane, minimum: Int, maximum: Int) -> Raster {
    InfiniteHatch.drawn(
      on: raster(of: plane).fitted(minimum: minimum, maximum: maximum), of: plane)
  }
}
