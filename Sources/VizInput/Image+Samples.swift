package import VizImage

// Pictures of any kind as a network can take them.
extension Image {
  /// Samples from 0 to 1: the whole range of integers is stretched to it, Float stays as it is.
  var withFloatSamples: Image {
    switch sampleType {
    case .float: self
    case .int16:
      Image(
        width: width, height: height, layout: layout,
        samples: samples(as: Int16.self).map { (Float($0) + 32_768) / 65_535 })
    case .uint8, .uint16: converted(to: .float)
    }
  }

  /// Without alpha, over white, and whether that changed a pixel.
  ///
  ///     out = alpha · sample + (1 − alpha) · white, rounded to nearest
  var overWhite: (image: Image, isChanged: Bool) {
    guard layout.hasAlpha else { return (self, false) }
    if let opaque = laidOut(as: layout.hasColor ? .rgb : .gray) { return (opaque, false) }
    let image =
      switch sampleType {
      case .uint8:
        overWhite { (sample: UInt8, alpha) in
          UInt8(Self.overWhite(Int(sample), alpha: Int(alpha), white: 255))
        }
      case .uint16:
        overWhite { (sample: UInt16, alpha) in
          UInt16(Self.overWhite(Int(sample), alpha: Int(alpha), white: 65_535))
        }
      case .int16, .float:
        withFloatSamples.overWhite { (sample: Float, alpha) in
          alpha * sample + (1 - alpha)
        }
      }
    return (image, true)
  }

  /// Bytes without alpha, over white.
  package var opaqueBytes: Image {
    let image = overWhite.image
    return (image.sampleType == .int16 ? image.withFloatSamples : image).converted(to: .uint8)
  }

  private static func overWhite(_ sample: Int, alpha: Int, white: Int) -> Int {
    (alpha * sample + (white - alpha) * white + white / 2) / white
  }

  private func overWhite<S: Sample>(_ blend: (_ sample: S, _ alpha: S) -> S) -> Image {
    let pixels = samples(as: S.self)
    let colors = layout.colorChannels
    var result: [S] = []
    result.reserveCapacity(width * height * colors)
    for pixel in stride(from: 0, to: pixels.count, by: layout.channels) {
      let alpha = pixels[pixel + colors]
      for c in 0..<colors { result.append(blend(pixels[pixel + c], alpha)) }
    }
    return Image(
      width: width, height: height, layout: layout.hasColor ? .rgb : .gray, samples: result)
  }

  /// The negative of a picture of bytes, or of Float from 0 to 1.
  var inverted: Image {
    sampleType == .uint8
      ? mapped { (sample: UInt8) in 255 - sample } : mapped { (sample: Float) in 1 - sample }
  }

  private func mapped<S: Sample>(_ function: (S) -> S) -> Image {
    Image(
      width: width, height: height, layout: layout, samples: samples(as: S.self).map(function))
  }

  /// The picture with black around it, `left` and `top` of it before; of bytes or Float.
  func padded(width: Int, height: Int, left: Int, top: Int) -> Image {
    if width == self.width, height == self.height { return self }
    let place = (width: width, height: height, left: left, top: top)
    return sampleType == .uint8 ? padded(place, UInt8(0)) : padded(place, Float(0))
  }

  private func padded<S: Sample>(
    _ place: (width: Int, height: Int, left: Int, top: Int), _ black: S
  ) -> Image {
    let channels = layout.channels
    let source = samples(as: S.self)
    var result = [S](repeating: black, count: place.width * place.height * channels)
    for y in 0..<height {
      let from = y * width * channels
      let to = ((place.top + y) * place.width + place.left) * channels
      result.replaceSubrange(
        to..<to + width * channels, with: source[from..<from + width * channels])
    }
    return Image(width: place.width, height: place.height, layout: layout, samples: result)
  }
}
