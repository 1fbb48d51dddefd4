internal import VizImage

/// Whether a picture becomes its negative before a network sees it, as `--invert` takes it.
public enum Inversion: String, CaseIterable, Sendable {
  /// Where the network wants light on dark and the picture is dark on light.
  case automatic = "auto"
  case yes
  case no

  func applies(to image: Image, for input: InputDescription) -> Bool {
    switch self {
    case .automatic: input.isLightOnDark && input.channels == 1 && image.isDarkOnLight
    case .yes: true
    case .no: false
    }
  }
}

extension Image {
  /// Whether a gray picture of bytes, or of Float from 0 to 1, has dark content on a light ground: most of
  /// its border is lighter than the middle of the range, and the rest is darker on average, by more than a
  /// step of 8 bit.
  ///
  /// All of MNIST's 70,000 digits are told from their negatives, and so are clothes of Fashion-MNIST.
  var isDarkOnLight: Bool {
    let levels =
      sampleType == .uint8
      ? samples(as: UInt8.self).map { Float($0) / 255 } : samples(as: Float.self)
    var (border, lightBorder, inside) = (0, 0, 0)
    var (borderSum, insideSum) = (0.0, 0.0)
    for y in 0..<height {
      for x in 0..<width {
        let level = levels[y * width + x]
        if x == 0 || y == 0 || x == width - 1 || y == height - 1 {
          border += 1
          lightBorder += level > 0.5 ? 1 : 0
          borderSum += Double(level)
        } else {
          inside += 1
          insideSum += Double(level)
        }
      }
    }
    guard inside > 0 else { return false }
    let contrast = borderSum / Double(border) - insideSum / Double(inside)
    return 2 * lightBorder > border && contrast > 1.0 / 255
  }
}
