internal import CShims
internal import VizImage

/// `VizBench [filters] [WORD]`: side-by-side timings; WORD picks the cases whose names have it.
@main
enum Main {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst().filter { $0 != "filters" }
    print(
      """
      vizcnn with \(Engine.instructionSet), OpenCV \(String(cString: viz_cv_version())); \
      medians in milliseconds; × is OpenCV's time over vizcnn's

      """)
    print(FilterCase.header)
    var ratios: [Double] = []
    for (width, height) in [(640, 480), (1920, 1080), (3840, 2160)] {
      let pictures = try BenchPictures(width: width, height: height)
      for jobs in [1, 2] {
        viz_cv_set_threads(Int32(jobs))
        for benchCase in FilterCase.all
        where words.isEmpty || words.contains(where: { benchCase.name.contains($0) }) {
          let timing = try benchCase.measure(pictures, jobs: jobs)
          print(timing.line)
          ratios.append(timing.ratio)
        }
      }
    }
    guard !ratios.isEmpty else { return }
    let product = ratios.reduce(1.0) { $0 * $1 }
    print("\ngeometric mean \(decimals(root(product, ratios.count), 2))×")
  }

  /// The n-th root by bisection; no mathematics library for one number.
  private static func root(_ product: Double, _ n: Int) -> Double {
    var (low, high) = (0.0, max(1, product))
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let power = (0..<n).reduce(1.0) { value, _ in value * middle }
      if power < product { low = middle } else { high = middle }
    }
    return low
  }
}

/// A number with a fixed count of decimals.
func decimals(_ value: Double, _ count: Int) -> String {
  let unit = (0..<count).reduce(1) { unit, _ in unit * 10 }
  let scaled = Int((value * Double(unit)).rounded())
  let fraction = String(scaled % unit)
  return "\(scaled / unit)." + String(repeating: "0", count: count - fraction.count) + fraction
}
