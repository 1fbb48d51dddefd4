import Testing
import VizRender

@Suite("Colormap") struct ColormapTests {
  @Test(
    "zero of a signed map is exactly gray",
    arguments: ["diverging", "diverging-dark", "rdbu", "brbg"])
  func zeroIsNeutral(_ name: String) throws {
    let map = try #require(Colormap.all.first { $0.name == name })
    let zero = map.color(at: 0)
    #expect(zero.red == zero.green && zero.green == zero.blue)
    #expect(map.color(at: -0.0) == zero)
  }

  @Test("both arms of our own signed maps are equally light") func armsAreMirrored() {
    for map in [Colormap.diverging, .divergingDark] {
      for step in 0...20 {
        let t = Double(step) / 20
        let (below, above) = (lightness(map.color(at: -t)), lightness(map.color(at: t)))
        #expect(abs(below - above) < 0.012, "\(map.name) at ±\(t): \(below), \(above)")
      }
    }
  }

  @Test("lightness runs evenly from one end to the other") func lightnessIsMonotone() {
    let names = ["sequential": 0.0...1.0, "gray": 0.0...1.0, "diverging": -1.0...0.0]
    for map in Colormap.all {
      guard let part = names[map.name] else { continue }
      let values = (0...50).map { step in
        lightness(
          map.color(
            at: part.lowerBound + Double(step) / 50 * (part.upperBound - part.lowerBound)))
      }
      let mean = (values[50] - values[0]) / 50
      for (a, b) in zip(values, values.dropFirst()) {
        #expect(b > a, "\(map.name): \(a) then \(b)")
        // Gray is even in sRGB, not in OKLab: its first steps out of black are larger.
        if map.name != "gray" { #expect(abs(b - a - mean) < 0.6 * mean, "\(map.name) \(b - a)") }
      }
    }
  }

  @Test("NaN has a colour that no value has") func undefinedStandsApart() {
    for map in Colormap.all {
      #expect(map.color(at: .nan) == map.undefinedColor)
      let nearest = map.table.map { distance($0, map.undefinedColor) }.min() ?? 0
      #expect(nearest > 60, "\(map.name): \(nearest)")
    }
  }

  @Test("values outside the domain take the end colours") func outsideIsClamped() {
    for map in Colormap.all {
      #expect(map.color(at: 7) == map.color(at: 1))
      #expect(map.color(at: .infinity) == map.color(at: 1))
      #expect(map.color(at: -.infinity) == map.color(at: map.domain.lowerBound))
      #expect(map.table.count == Colormap.count)
    }
  }

  @Test("the gray map meets every 8-bit level") func grayIsExact() {
    for level in 0...255 {
      let color = Colormap.gray.color(at: Double(level) / 255)
      #expect(color.red == UInt8(level) && color.blue == UInt8(level))
    }
  }

  /// The cube root of luminance: what OKLab's lightness is for grays, and nearly so for colours.
  private func lightness(_ color: Color) -> Double {
    func linear(_ v: UInt8) -> Double {
      let x = Double(v) / 255
      return x <= 0.04045 ? x / 12.92 : power((x + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear(color.red), linear(color.green), linear(color.blue))
    let l = power(0.412_221_5 * r + 0.536_332_5 * g + 0.051_446 * b, 1 / 3.0)
    let m = power(0.211_903_5 * r + 0.680_699_5 * g + 0.107_397 * b, 1 / 3.0)
    let s = power(0.088_302_5 * r + 0.281_718_8 * g + 0.629_978_7 * b, 1 / 3.0)
    return 0.210_454_3 * l + 0.793_617_8 * m - 0.004_072 * s
  }

  private func distance(_ x: Color, _ y: Color) -> Double {
    let parts = [(x.red, y.red), (x.green, y.green), (x.blue, y.blue)]
    return parts.reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
      .squareRoot()
  }
}
