// Options as the command line has them.
extension InputOptions {
  /// Reads the values of `--preprocess`, `--size`, `--mean`, `--std` and `--range`, where they are given.
  public init(
    preprocess: String?, size: String?, mean: String?, standardDeviation: String?, range: String?
  ) throws(InputError) {
    self.init()
    if let preprocess { preset = try InputPreset.named(preprocess) }
    if let size { self.size = try InputSize(size) }
    if let mean { self.mean = try Self.numbers(mean, "--mean", "numbers") { _ in true } }
    if let standardDeviation {
      self.standardDeviation = try Self.numbers(
        standardDeviation, "--std", "numbers above 0"
      ) { Float($0) > 0 }
    }
    if let range { self.range = try Self.range(range) }
  }

  /// One number, or several with commas between them; tensors are Float, so each has to be one.
  private static func numbers(
    _ text: String, _ option: String, _ what: String, where isRight: (Double) -> Bool
  ) throws(InputError) -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(number).filter(isRight)
    guard numbers.count == parts.count else {
      throw .invalidOption(option, expected: "\(what), such as 0.5 or 0.5,0.5,0.5", found: text)
    }
    return numbers
  }

  /// What black and white become: `0..1`, `0..255`, `-1..1`.
  private static func range(_ text: String) throws(InputError) -> ClosedRange<Double> {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, let low = number(ends[0]), let high = number(ends[1]), low < high else {
      throw .invalidOption("--range", expected: "LOW..HIGH, such as 0..255", found: text)
    }
    return low...high
  }

  private static func number(_ text: Substring) -> Double? {
    Double(text).flatMap { Float($0).isFinite ? $0 : nil }
  }
}
