extension Image {
  /// The colours that 8-bit gray samples stand for as indices: gray where all colours are, else RGB.
  ///
  /// An index without a colour is black; an empty palette leaves the picture as it is.
  func colored(by palette: [[UInt8]]) throws(ImageError) -> Image {
    guard !palette.isEmpty else { return self }
    let indices = samples(as: UInt8.self)
    let isGray = palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] }
    let layout = isGray ? ChannelLayout.gray : .rgb
    let channels = layout.channels
    let black: [UInt8] = [0, 0, 0]
    let colors = (0..<256).flatMap { i in
      (palette.indices.contains(i) ? palette[i] : black).prefix(channels)
    }
    return try Image(width: width, height: height, layout: layout) {
      (samples: inout MutableSpan<UInt8>) throws(ImageError) in
      for (i, index) in indices.enumerated() {
        for c in 0..<channels { samples[i * channels + c] = colors[Int(index) * channels + c] }
      }
    }
  }
}
