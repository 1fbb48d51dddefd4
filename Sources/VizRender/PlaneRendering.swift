public import VizImage

/// A plane as colours: which map, over which range, with or without a legend below.
///
///     colour(v) = map((v − centre) / M)      signed: centre 0, M = max |v|
///     colour(v) = map((v − low) / (high − low))   unsigned
///
/// Infinite values take the end colours, NaN its own; neither counts for the range. A plane of zeros
/// is flat and neutral.
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
    var painted = painted(plane, spareRows: strip)
    let legend = Legend(colormap: colormap, range: painted.range, title: title, theme: theme)
    if legend.minimumWidth(textSize: textSize) > plane.width {
      painted.pixels.removeLast(3 * plane.width * strip)
      let picture = Raster(width: plane.width, height: plane.height, pixels: painted.pixels)
      return legend.below(picture).image
    }
    var canvas = Canvas(
      width: plane.width, height: plane.height + strip, pixels: painted.pixels)
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
  var pixels: [UInt8]
}

/// A map's colours, prepared for many lookups: position = v · scale + offset, the last entry is NaN's.
private struct Lookup {
  let colors: [UInt32]
  let scale: Float
  let offset: Float

  init(_ map: Colormap, range: ClosedRange<Double>) {
    colors = (map.table + [map.undefinedColor]).map { color in
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
      scale = 0
      offset = map.isSigned ? Float(last / 2) : 0
    }
  }
}

/// The least and the greatest finite value, 0…0 if there is none.
private func finiteRange<S: Sample>(
  _ samples: [S], _ float: (S) -> Float
) -> ClosedRange<Double> {
  var low = Float.infinity
  var high = -Float.infinity
  for sample in samples {
    let v = float(sample)
    // NaN fails both comparisons of each line.
    low = v < low && v > -.infinity ? v : low
    high = v > high && v < .infinity ? v : high
  }
  return low <= high ? Double(low)...Double(high) : 0...0
}

/// Writes the RGB pixels of row-major samples to the start of `pixels`.
private func paint<S: Sample>(
  _ samples: [S], _ lookup: Lookup, _ float: (S) -> Float, into pixels: inout [UInt8]
) {
  let (scale, offset) = (lookup.scale, lookup.offset + 0.5)
  let last = Float(Colormap.count - 1)
  let colors = lookup.colors.span
  let source = samples.span
  var target = pixels.mutableSpan
  for i in source.indices {
    let v = float(source[i])
    let position = v * scale + offset
    // Zero times an infinite value is NaN too; only a value that is NaN has no colour.
    let clamped = position >= 0 ? (position <= last ? position : last) : (v > 0 ? last : 0)
    let color = colors[v.isNaN ? Colormap.count : Int(clamped)]
    target[3 * i] = UInt8(truncatingIfNeeded: color)
    target[3 * i + 1] = UInt8(truncatingIfNeeded: color >> 8)
    target[3 * i + 2] = UInt8(truncatingIfNeeded: color >> 16)
  }
}
