/// Where a sample of a resized image lies in the original, under ONNX's names.
package enum ReferenceCoordinates: String, Sendable, CaseIterable {
  case halfPixel = "half_pixel"
  case halfPixelSymmetric = "half_pixel_symmetric"
  case pytorchHalfPixel = "pytorch_half_pixel"
  case asymmetric
  case alignCorners = "align_corners"

  /// In a length that grows by `scale`.
  func place(_ i: Int, length: Int, outputLength: Int, scale: Double) -> Double {
    switch self {
    case .pytorchHalfPixel where outputLength == 1: 0
    case .halfPixel, .pytorchHalfPixel: (Double(i) + 0.5) / scale - 0.5
    // Half pixels, counted from the middles of both.
    case .halfPixelSymmetric:
      Double(length) / 2 + (Double(i) + 0.5 - Double(outputLength) / 2) / scale - 0.5
    case .asymmetric: Double(i) / scale
    case .alignCorners where outputLength == 1: 0
    case .alignCorners: Double(i * (length - 1)) / Double(outputLength - 1)
    }
  }
}

/// Which sample is the nearest.
package enum ReferenceRounding: String, Sendable, CaseIterable {
  case floor, ceil
  case roundPreferFloor = "round_prefer_floor"
  case roundPreferCeil = "round_prefer_ceil"

  func nearest(_ place: Double) -> Int {
    let below = place.rounded(.down)
    let isHalf = place - below == 0.5
    switch self {
    case .floor: return Int(below)
    case .ceil: return Int(place.rounded(.up))
    case .roundPreferFloor where isHalf: return Int(below)
    case .roundPreferCeil where isHalf: return Int(below) + 1
    default: return Int(place.rounded())
    }
  }
}

extension ReferenceArray {
  /// Images `[N, C, H, W]` in another size, each number one sample or a mix of the four around its place.
  package func resized(
    height: Int, width: Int, scales: (vertical: Double, horizontal: Double),
    _ coordinates: ReferenceCoordinates, nearest rounding: ReferenceRounding?
  ) -> ReferenceArray {
    func inside(_ i: Int, _ length: Int) -> Int { min(max(i, 0), length - 1) }
    return ReferenceArray(shape: [shape[0], shape[1], height, width]) { index in
      let (h, w) = (shape[2], shape[3])
      let y = coordinates.place(
        index[2], length: h, outputLength: height, scale: scales.vertical)
      let x = coordinates.place(
        index[3], length: w, outputLength: width, scale: scales.horizontal)
      func sample(_ y: Int, _ x: Int) -> Double {
        self[[index[0], index[1], inside(y, h), inside(x, w)]]
      }
      if let rounding { return sample(rounding.nearest(y), rounding.nearest(x)) }
      let (top, left) = (Int(y.rounded(.down)), Int(x.rounded(.down)))
      let (down, right) = (y - Double(top), x - Double(left))
      return (1 - down) * ((1 - right) * sample(top, left) + right * sample(top, left + 1))
        + down * ((1 - right) * sample(top + 1, left) + right * sample(top + 1, left + 1))
    }
  }

  /// The same with sixteen samples around each place, by Keys' curve; those outside are the outermost, or are
  /// left out.
  package func resizedCubically(
    height: Int, width: Int, scales: (vertical: Double, horizontal: Double),
    _ coordinates: ReferenceCoordinates, a: Double, excludesOutside: Bool
  ) -> ReferenceArray {
    func curve(_ distance: Double) -> Double {
      let x = abs(distance)
      if x >= 2 { return 0 }
      return x > 1
        ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a
        : (a + 2) * x * x * x - (a + 3) * x * x + 1
    }
    func along(_ axis: Int, _ length: Int, _ scale: Double, _ source: ReferenceArray)
      -> ReferenceArray
    {
      let own = source.shape[axis]
      return ReferenceArray(shape: source.shape.with(length, at: axis)) { index in
        let place = coordinates.place(
          index[axis], length: own, outputLength: length, scale: scale)
        let first = Int(place.rounded(.down)) - 1
        var (sum, weights) = (0.0, 0.0)
        for i in first..<first + 4 where !excludesOutside || 0..<own ~= i {
          let weight = curve(place - Double(i))
          weights += weight
          sum += weight * source[index.with(min(max(i, 0), own - 1), at: axis)]
        }
        return sum / weights
      }
    }
    return along(3, width, scales.horizontal, along(2, height, scales.vertical, self))
  }
}
