// Other colours at the same places, as Pillow's ImageEnhance and its HSV make them.
extension Pixels {
  /// Gray in ITU-R 601's weights: (19595·R + 38470·G + 7471·B + 2¹⁵) >> 16.
  var luma: [UInt8] {
    guard channels == 3 else { return samples }
    var result: [UInt8] = []
    result.reserveCapacity(planeSize)
    for i in 0..<planeSize {
      let red = 19_595 * UInt32(samples[i])
      let green = 38_470 * UInt32(samples[planeSize + i])
      let blue = 7_471 * UInt32(samples[2 * planeSize + i])
      result.append(UInt8((red &+ green &+ blue &+ 0x8000) >> 16))
    }
    return result
  }

  func gray(channels: Int) -> Pixels {
    let luma = luma
    return with(channels == 1 ? luma : luma + luma + luma, channels: channels)
  }

  func withBrightness(_ factor: Double) -> Pixels { blended(over: 0, factor) }

  /// Away from the mean gray, or towards it.
  func withContrast(_ factor: Double) -> Pixels {
    let luma = luma
    let sum = luma.reduce(0) { $0 + Int($1) }
    return blended(over: UInt8(Double(sum) / Double(luma.count) + 0.5), factor)
  }

  /// Away from gray, or towards it.
  func withSaturation(_ factor: Double) -> Pixels {
    guard channels == 3 else { return self }
    let (luma, factor) = (luma, Float(factor))
    var result: [UInt8] = []
    result.reserveCapacity(samples.count)
    for c in 0..<channels {
      let first = c * planeSize
      for i in 0..<planeSize {
        result.append(Self.blend(luma[i], samples[first + i], factor))
      }
    }
    return with(result)
  }

  private func blended(over gray: UInt8, _ factor: Double) -> Pixels {
    let table = (0...255).map { Self.blend(gray, UInt8($0), Float(factor)) }
    return with(samples.map { table[Int($0)] })
  }

  /// a + factor·(b − a), cut off to a whole number of 0…255.
  private static func blend(_ a: UInt8, _ b: UInt8, _ factor: Float) -> UInt8 {
    UInt8(max(0, min(255, Float(a) + factor * Float(Int(b) - Int(a)))))
  }

  private func with(_ samples: [UInt8], channels: Int? = nil) -> Pixels {
    Pixels(width: width, height: height, channels: channels ?? self.channels, samples: samples)
  }

  /// Colours farther along their circle; gray stays.
  func withHue(_ turns: Double) -> Pixels {
    guard channels == 3 else { return self }
    let shift = UInt8(truncatingIfNeeded: Int(turns * 255))
    var result = samples
    for i in 0..<planeSize {
      var color = HSV(
        red: samples[i], green: samples[planeSize + i], blue: samples[2 * planeSize + i])
      color.hue &+= shift
      let (red, green, blue) = color.rgb
      result[i] = red
      result[planeSize + i] = green
      result[2 * planeSize + i] = blue
    }
    return with(result)
  }
}

/// Hue, saturation and value in a byte each, rounded as Pillow rounds them.
private struct HSV {
  var hue: UInt8
  let saturation: UInt8
  let value: UInt8

  init(red: UInt8, green: UInt8, blue: UInt8) {
    value = max(red, green, blue)
    let least = min(red, green, blue)
    guard least < value else {
      (hue, saturation) = (0, 0)
      return
    }
    let (largest, range) = (value, Float(value - least))
    func distance(_ sample: UInt8) -> Float { Float(largest - sample) / range }
    let sixths: Double =
      if red == value {
        Double(distance(blue) - distance(green))
      } else if green == value {
        2 + Double(distance(red)) - Double(distance(blue))
      } else {
        4 + Double(distance(green)) - Double(distance(red))
      }
    let turns = Float((Double(Float(sixths)) / 6 + 1).truncatingRemainder(dividingBy: 1))
    hue = UInt8(Double(turns) * 255)
    saturation = UInt8(Double(range / Float(value)) * 255)
  }

  var rgb: (UInt8, UInt8, UInt8) {
    guard saturation > 0 else { return (value, value, value) }
    let sixths = Double(hue) * 6 / 255
    let sector = Int(sixths)
    let rest = Float(sixths - Double(sector))
    let share = Float(Double(saturation) / 255)
    func less(_ amount: Float) -> UInt8 {
      UInt8(max(0, min(255, (Double(value) * (1 - Double(amount))).rounded())))
    }
    let (p, q, t) = (less(share), less(share * rest), less(share * (1 - rest)))
    return switch sector % 6 {
    case 0: (value, t, p)
    case 1: (q, value, p)
    case 2: (p, value, t)
    case 3: (p, q, value)
    case 4: (t, p, value)
    default: (value, p, q)
    }
  }
}
