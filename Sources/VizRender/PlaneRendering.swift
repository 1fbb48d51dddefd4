public import VizImage

/// A plane as colours: which map, over which range, with or without a legend below.
///
///     colour(v) = map((v − centre) / M)      signed: centre 0, M = max |v|
///     colour(v) = map((v − low) / (high − low))   unsigned
///
/// NaN, −∞ and +∞ have colours of their own, and do not count for the range. A plane of zeros is flat
/// and neutral.
public struct PlaneRendering: Sendable {
  public var colormap: Colormap
  /// The values at the ends of the map; nil takes them from the plane.
  public var range: ClosedRange<Double>?

  public init(colormap: Colormap = .diverging, range: ClosedRange<Double>? = nil) {
    self.colormap = colormap
    self.range = range
  }

  /// Signed values in diverging colours, zero neutral.
  public static let signed = PlaneRendering()

  /// The values at the ends of the map: ±max |v| for a signed map, else the least and the greatest.
  public func range(of plane: Plane) -> ClosedRange<Double> {
    switch plane.sampleType {
    case .uint8: range(of: plane.samples(as: UInt8.self)) { Float($0) }
    case .uint16: range(of: plane.samples(as: UInt16.self)) { Float($0) }
    case .int16: range(of: plane.samples(as: Int16.self)) { Float($0) }
    case .float: range(of: plane.samples(as: Float.self)) { $0 }
    }
  }

  /// The plane in colours, pixel for pixel.
  public func image(of plane: Plane) -> Image {
    raster(of: plane).image
  }

  /// The plane in colours with a legend strip below: a bar, its ends and zero, and a title.
  public func image(of plane: Plane, title: String?, theme: Theme = .light) -> Image {
    let textSize = Legend.textSize(width: plane.width, height: plane.height)
    let strip = Legend.stripHeight(textSize: textSize, hasTitle: title != nil)
    // Painted at once into rows that leave room for the strip: large pictures are not copied again.
    let painted = painted(plane, spareRows: strip)
    let legend = Legend(colormap: colormap, range: painted.range, title: title, theme: theme)
    var canvas = Canvas(
      width: plane.width, height: plane.height + strip, pixels: (consume painted).pixels)
    guard legend.minimumWidth(textSize: textSize) <= plane.width else {
      let picture = canvas.pixels.prefix(3 * plane.width * plane.height)
      return legend.below(
        Raster(width: plane.width, height: plane.height, pixels: Array(picture))
      ).image
    }
    legend.drawStrip(on: &canvas, y: plane.height, textSize: textSize)
    return canvas.image
  }

  package func raster(of plane: Plane) -> Raster {
    Raster(width: plane.width, height: plane.height, pixels: painted(plane, spareRows: 0).pixels)
  }

  private func painted(_ plane: Plane, spareRows: Int) -> Painted {
    let spare = spareRows * plane.width
    return switch plane.sampleType {
    case .uint8: painted(plane.samples(as: UInt8.self), spare) { Float($0) }
    case .uint16: painted(plane.samples(as: UInt16.self), spare) { Float($0) }
    case .int16: painted(plane.samples(as: Int16.self), spare) { Float($0) }
    case .float: painted(plane.samples(as: Float.self), spare) { $0 }
    }
  }

  private func painted<S: Sample>(
    _ samples: [S], _ sparePixels: Int, _ float: (S) -> Float
  ) -> Painted {
    let range = range(of: samples, float)
    var pixels = [UInt8](repeating: 0, count: 3 * (samples.count + sparePixels))
    paint(samples, Lookup(colormap, range: range), float, into: &pixels)
    return Painted(range: range, pixels: pixels)
  }

  private func range<S: Sample>(of samples: [S], _ float: (S) -> Float) -> ClosedRange<Double> {
    if let range { return range }
    let found = finiteRange(samples, float)
    guard colormap.isSigned else { return found }
    let reach = max(-found.lowerBound, found.upperBound)
    return -reach...reach
  }
}

/// Pixels with the range that they were painted for.
private struct Painted {
  let range: ClosedRange<Double>
  let pixels: [UInt8]
}

/// A map's colours, prepared for many lookups: position = v · scale + offset; behind the map's own stand
/// those of NaN, −∞ and +∞.
private struct Lookup {
  let colors: [UInt32]
  let scale: Float
  let offset: Float

  init(_ map: Colormap, range: ClosedRange<Double>) {
    let (negative, positive) = Colormap.infiniteColors
    colors = (map.table + [map.undefinedColor, negative, positive]).map { color in
      UInt32(color.red) | UInt32(color.green) << 8 | UInt32(color.blue) << 16
    }
    let last = Double(Colormap.count - 1)
    let extent = range.upperBound - range.lowerBound
    if extent > 0, extent.isFinite, Float(last / extent).isFinite {
      scale = Float(last / extent)
      // Zero falls on the exact middle of a symmetric range, whatever the rounding of the quotient.
      offset =
        range.lowerBound == -range.upperBound
        ? Float(last / 2) : Float(-range.lowerBound * last / extent)
    } else {
      scale = 0  // no value moves the position
      offset = map.isSigned ? Float(last / 2) : 0
    }
  }
}

/// The least and the greatest finite value, 0…0 if there is none.
///
/// Compares bit patterns: with the magnitude of negative numbers inverted, IEEE 754 numbers are in
/// the order of their bits, and whole numbers have a minimum that the compiler vectorises.
private func finiteRange<S: Sample>(
  _ samples: [S], _ float: (S) -> Float
) -> ClosedRange<Double> {
  func key(_ bits: Int32) -> Int32 { bits ^ ((bits >> 31) & .max) }
  let infinity = Int32(bitPattern: Float.infinity.bitPattern)
  var low = Int32.max
  var high = Int32.min
  for sample in samples {
    let bits = Int32(bitPattern: float(sample).bitPattern)
    let isFinite = bits & .max < infinity
    let below = isFinite ? key(bits) : .max
    let above = isFinite ? key(bits) : .min
    low = below < low ? below : low
    high = above > high ? above : high
  }
  guard low <= high else { return 0...0 }
  let least = Double(Float(bitPattern: UInt32(bitPattern: key(low))))
  let greatest = Double(Float(bitPattern: UInt32(bitPattern: key(high))))
  // −0 and 0 have keys of their own and are the same number.
  return least...greatest
}

/// Writes the RGB pixels of row-major samples to the start of `pixels`.
private func paint<S: Sample>(
  _ samples: [S], _ lookup: Lookup, _ float: (S) -> Float, into pixels: inout [UInt8]
) {
  precondition(
    pixels.count >= 3 * samples.count,
    "\(pixels.count) bytes for \(samples.count) RGB pixels")
  // Added to a position, it leaves the nearest whole number in the low bits of the sum.
  let rounding: Float = 0x1p23
  let last = Float(Colormap.count - 1)
  let (scale, offset) = (lookup.scale, lookup.offset)
  let colors = lookup.colors.span
  let source = samples.span
  var target = pixels.mutableSpan
  for i in source.indices {
    let v = float(source[i])
    let position = v * scale + offset
    let below = position < last ? position : last
    let inside = below > 0 ? below : 0
    let ordinary = Int((inside + rounding).bitPattern & 0x7FF)
    let special = Colormap.count + (v.isNaN ? 0 : v < 0 ? 1 : 2)
    let index = v.isFinite ? ordinary : special
    let color = colors[index]
    // Within the count checked above.
    unsafe target[unchecked: 3 * i] = UInt8(truncatingIfNeeded: color)
    unsafe target[unchecked: 3 * i + 1] = UInt8(truncatingIfNeeded: color >> 8)
    unsafe target[unchecked: 3 * i + 2] = UInt8(truncatingIfNeeded: color >> 16)
  }
}
