internal import VizImage

/// How near a learned filter is to a filter that people have made: `−0.93 · sobel-x`.
///
/// The number is the cosine of the angle between both kernels: 1 where they are the same up to a factor,
/// −1 where the sign is the opposite. It is known for filters of one kernel, and of three (a colour
/// picture's), which are compared with the preset on each colour; of at least four weights; with presets
/// that are a single kernel of the same size at the defaults of their parameters.
public struct PresetLikeness: Equatable, Sendable {
  public let preset: String
  public let cosine: Double

  /// Below this, no preset is said to be near.
  public static let leastCosine = 0.9

  init?(of row: [Float], inputs: Int, among presets: [LinearPreset]) {
    guard inputs == 1 || inputs == 3 else { return nil }
    let taps = row.count / inputs
    guard taps >= LearnedFilter.leastWeights else { return nil }
    let mean = (0..<taps).map { tap in
      (0..<inputs).reduce(0.0) { $0 + Double(row[$1 * taps + tap]) } / Double(inputs)
    }
    let squares = row.reduce(0.0) { $0 + Double($1) * Double($1) }
    let length = (squares / Double(inputs)).squareRoot()
    guard length > 0, length.isFinite else { return nil }
    var best: (name: String, cosine: Double)?
    for preset in presets {
      let cosine = zip(mean, preset.direction).reduce(0) { $0 + $1.0 * $1.1 } / length
      // Of equally near ones, also where rounding tells them apart, one of the same sign, then the
      // first of the registry.
      let gain = abs(cosine) - abs(best?.cosine ?? 0)
      let hasBetterSign = cosine > 0 && best?.cosine ?? 0 < 0
      if gain > 1e-9 || (gain > -1e-9 && hasBetterSign) { best = (preset.name, cosine) }
    }
    guard let best, abs(best.cosine) >= Self.leastCosine else { return nil }
    (preset, cosine) = (best.name, Swift.min(Swift.max(best.cosine, -1), 1))
  }
}

extension PresetLikeness: CustomStringConvertible {
  /// The cosine to two digits, with a real minus sign, and the preset.
  public var description: String {
    let hundredths = Int((abs(cosine) * 100).rounded())
    let digits = hundredths % 100
    return (cosine < 0 ? "−" : "") + "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
      + " · " + preset
  }
}

/// A preset that is one kernel, as a vector of length 1.
struct LinearPreset {
  let name: String
  let direction: [Double]

  /// Those of a size.
  static func all(width: Int, height: Int) -> [LinearPreset] {
    FilterRegistry.all.compactMap { entry in
      guard let step = try? FilterStep(preset: entry.name),
        case .kernels(let bank) = step.kind(depth: .float), bank.combination == .single,
        bank.width == width, bank.height == height
      else { return nil }
      let taps = bank.kernels[0].taps.map { $0 * bank.scale }
      let length = taps.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return length > 0
        ? LinearPreset(name: entry.name, direction: taps.map { $0 / length }) : nil
    }
  }
}
