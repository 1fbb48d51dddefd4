internal import VizKernels

extension Image {
  /// The same picture in unsigned samples of another type: the whole range is stretched to the whole
  /// range and rounded to nearest.
  ///
  ///     8 → 16 bits: 257·v      16 → 8 bits: round(v / 257)      Float → n bits: round(v · (2ⁿ − 1))
  ///
  /// Float samples outside 0…1 are clamped; NaN becomes 0. Signed samples keep their type.
  package func converted(to type: SampleType) -> Image {
    switch (sampleType, type) {
    case (.uint8, .uint16): mapped { (v: UInt8) in UInt16(v) * 257 }
    case (.uint8, .float): mapped { (v: UInt8) in Float(v) / 255 }
    case (.uint16, .uint8): mapped { (v: UInt16) in UInt8((UInt32(v) + 128) / 257) }
    case (.uint16, .float): mapped { (v: UInt16) in Float(v) / 65_535 }
    case (.float, .uint8): mapped { (v: Float) in UInt8(Self.unit(v) * 255 + 0.5) }
    case (.float, .uint16): mapped { (v: Float) in UInt16(Self.unit(v) * 65_535 + 0.5) }
    default: self
    }
  }

  /// 16-bit samples of 0…2ⁿ − 1 stretched to their whole range; others stay.
  func stretched(fromBits bits: Int) -> Image {
    guard sampleType == .uint16, bits < 16 else { return self }
    let maximum = UInt32(1) << bits - 1
    return mapped { (v: UInt16) in
      UInt16((min(UInt32(v), maximum) * 65_535 + maximum / 2) / maximum)
    }
  }

  private static func unit(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }

  private func mapped<From: Sample, To: Sample>(_ convert: (From) -> To) -> Image {
    let count = width * height * layout.channels
    let target = SampleBuffer(byteCount: count * To.sampleType.byteCount)
    let input = unsafe storage.bytes.assumingMemoryBound(to: From.self)
    let output = unsafe target.bytes.bindMemory(to: To.self, capacity: count)
    for i in 0..<count { unsafe output[i] = convert(unsafe input[i]) }
    return Image(
      width: width, height: height, layout: layout, sampleType: To.sampleType, storage: target,
      metadata: metadata)
  }

  /// The picture in another layout of the same samples.
  ///
  /// Gray is repeated for colour, missing alpha is opaque. nil for colour to gray, and where alpha
  /// that is not opaque would be left out.
  package func laidOut(as target: ChannelLayout) -> Image? {
    guard target != layout else { return self }
    guard target.hasColor || !layout.hasColor else { return nil }
    return switch sampleType {
    case .uint8: laidOut(as: target, opaque: UInt8.max)
    case .uint16: laidOut(as: target, opaque: UInt16.max)
    case .int16: laidOut(as: target, opaque: Int16.max)
    case .float: laidOut(as: target, opaque: Float(1))
    }
  }

  private func laidOut<S: Sample & Equatable>(as target: ChannelLayout, opaque: S) -> Image? {
    let buffer = SampleBuffer(
      byteCount: width * height * target.channels * S.sampleType.byteCount)
    let input = unsafe storage.bytes.assumingMemoryBound(to: S.self)
    let output = unsafe buffer.bytes.bindMemory(
      to: S.self, capacity: width * height * target.channels)
    for pixel in 0..<width * height {
      let (from, to) = (pixel * layout.channels, pixel * target.channels)
      let alpha = layout.hasAlpha ? (unsafe input[from + layout.colorChannels]) : opaque
      guard target.hasAlpha || alpha == opaque else { return nil }
      for c in 0..<target.colorChannels {
        unsafe output[to + c] = unsafe input[from + (layout.hasColor ? c : 0)]
      }
      if target.hasAlpha { unsafe output[to + target.colorChannels] = alpha }
    }
    return Image(
      width: width, height: height, layout: target, sampleType: sampleType, storage: buffer,
      metadata: metadata)
  }

  /// The picture without its alpha; throws where that would change what it shows.
  func withoutAlpha(for format: ImageFormat) throws(ImageError) -> Image {
    guard layout.hasAlpha else { return self }
    guard let image = laidOut(as: layout.hasColor ? .rgb : .gray) else {
      throw .notRepresentable(format: format.name, detail: "transparent pixels")
    }
    return image
  }
}
