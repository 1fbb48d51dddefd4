// Pixels from places that need not be whole.
extension Pixels {
  /// Every pixel from where the matrix says; what comes from outside has the fill's colour.
  ///
  /// - Source: Pillow's `Image.transform` with `AFFINE`. Nearest samples are found as it does: along the
  ///   axes in Float64, else in steps of 2⁻¹⁶ as long as all places are below 2¹⁵.
  func mapped(
    by matrix: AffineMatrix, width: Int, height: Int, _ interpolation: Interpolation,
    fill: PictureFill
  ) -> Pixels {
    let sources: [Int32]
    switch interpolation {
    case .bilinear:
      return bilinear(matrix, width: width, height: height, fill: fill)
    case .nearest where matrix.b == 0 && matrix.d == 0:
      sources = nearestAlongAxes(matrix, width: width, height: height)
    case .nearest where matrix.isSmall(width: width, height: height):
      sources = nearestInFixedPoint(matrix, width: width, height: height)
    case .nearest:
      sources = nearest(matrix, width: width, height: height)
    }
    var result: [UInt8] = []
    result.reserveCapacity(sources.count * channels)
    for c in 0..<channels {
      let (first, fill) = (c * planeSize, fill[c])
      for source in sources {
        result.append(source < 0 ? fill : samples[first + Int(source)])
      }
    }
    return Pixels(width: width, height: height, channels: channels, samples: result)
  }

  // MARK: - Nearest samples: for each new pixel the place of an old one, −1 for none

  private func nearestAlongAxes(_ matrix: AffineMatrix, width: Int, height: Int) -> [Int32] {
    func places(_ start: Double, _ step: Double, count: Int, length: Int) -> [Int32] {
      var place = start + step * 0.5
      return (0..<count).map { _ in
        defer { place += step }
        return place >= 0 && place < Double(length) ? Int32(place) : -1
      }
    }
    let columns = places(matrix.c, matrix.a, count: width, length: self.width)
    let rows = places(matrix.f, matrix.e, count: height, length: self.height)
    var sources: [Int32] = []
    sources.reserveCapacity(width * height)
    for row in rows {
      for column in columns {
        sources.append(row < 0 || column < 0 ? -1 : row * Int32(self.width) + column)
      }
    }
    return sources
  }

  private func nearestInFixedPoint(_ matrix: AffineMatrix, width: Int, height: Int) -> [Int32] {
    func fixed(_ value: Double) -> Int { Int((value * 65_536 + 0.5).rounded(.down)) }
    let (a, b, d, e) = (fixed(matrix.a), fixed(matrix.b), fixed(matrix.d), fixed(matrix.e))
    let middle = matrix.applied(0.5, 0.5)
    var (rowX, rowY) = (fixed(middle.x), fixed(middle.y))
    var sources: [Int32] = []
    sources.reserveCapacity(width * height)
    for _ in 0..<height {
      var (x, y) = (rowX, rowY)
      for _ in 0..<width {
        let (column, row) = (x >> 16, y >> 16)
        let isInside = 0..<self.width ~= column && 0..<self.height ~= row
        sources.append(isInside ? Int32(row * self.width + column) : -1)
        x += a
        y += d
      }
      rowX += b
      rowY += e
    }
    return sources
  }

  private func nearest(_ matrix: AffineMatrix, width: Int, height: Int) -> [Int32] {
    var sources: [Int32] = []
    sources.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width {
        let place = matrix.applied(Double(x) + 0.5, Double(y) + 0.5)
        sources.append(
          isInside(place) ? Int32(Int(place.y) * self.width + Int(place.x)) : -1)
      }
    }
    return sources
  }

  /// False for NaN, too.
  private func isInside(_ place: (x: Double, y: Double)) -> Bool {
    place.x >= 0 && place.x < Double(width) && place.y >= 0 && place.y < Double(height)
  }

  // MARK: - Means of four samples

  private func bilinear(
    _ matrix: AffineMatrix, width: Int, height: Int, fill: PictureFill
  ) -> Pixels {
    var result = [UInt8](repeating: 0, count: width * height * channels)
    for y in 0..<height {
      for x in 0..<width {
        let place = matrix.applied(Double(x) + 0.5, Double(y) + 0.5)
        let corners = isInside(place) ? Corners(place, width: self.width, height: self.height) : nil
        for c in 0..<channels {
          let target = (c * height + y) * width + x
          result[target] = corners?.mean(samples, offset: c * planeSize) ?? fill[c]
        }
      }
    }
    return Pixels(width: width, height: height, channels: channels, samples: result)
  }

  /// Four neighbours and how near they are; beyond a border stands its last pixel.
  private struct Corners {
    let places: (Int, Int, Int, Int)
    let dx: Double
    let dy: Double

    init(_ place: (x: Double, y: Double), width: Int, height: Int) {
      let (px, py) = (place.x - 0.5, place.y - 0.5)
      let (x, y) = (Int(px.rounded(.down)), Int(py.rounded(.down)))
      (dx, dy) = (px - Double(x), py - Double(y))
      let (x0, x1) = (max(x, 0), min(x + 1, width - 1))
      let (y0, y1) = (max(y, 0), min(y + 1, height - 1))
      places = (y0 * width + x0, y0 * width + x1, y1 * width + x0, y1 * width + x1)
    }

    func mean(_ samples: [UInt8], offset: Int) -> UInt8 {
      func sample(_ place: Int) -> Double { Double(samples[offset + place]) }
      let above = sample(places.0) + (sample(places.1) - sample(places.0)) * dx
      let below = sample(places.2) + (sample(places.3) - sample(places.2)) * dx
      return UInt8(above + (below - above) * dy)  // cut off, not rounded, as Pillow does
    }
  }
}

extension AffineMatrix {
  /// Whether all places that a picture of this size comes from fit into 16 bits.
  fileprivate func isSmall(width: Int, height: Int) -> Bool {
    [(0, 0), (width - 1, height - 1), (0, height - 1), (width - 1, 0)].allSatisfy { x, y in
      let place = applied(Double(x), Double(y))
      return abs(place.x) < 32_768 && abs(place.y) < 32_768
    }
  }
}
