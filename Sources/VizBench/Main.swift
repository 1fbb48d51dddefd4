internal import CShims
internal import Foundation
internal import VizImage

/// `VizBench [filters|networks|training|functions] [--peer COMMAND] [--size WxH] [--jobs N] [WORD…]`: side-by-side timings.
///
/// A WORD picks the cases whose names begin with it.
@main
enum Main {
  static func main() {
    do {
      try run(BenchOptions(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("VizBench: \(error)\n".utf8))
      exit(error is BenchOptions.Misuse ? 64 : 1)
    }
  }

  private static func run(_ options: BenchOptions) throws {
    switch options.subject {
    case .filters: try runFilters(options)
    case .networks: try NetworkBench(options: options).run()
    case .training: try TrainingBench(options: options).run()
    case .functions: FunctionBench(options: options).run()
    }
  }

  /// Filters, beside OpenCV in the same process.
  private static func runFilters(_ options: BenchOptions) throws {
    let peer = try options.peer.map(OpenCVPeer.init(command:))
    let table = TimingTable(peerVersion: peer?.version)
    print(table.header)
    var ratios: [Double] = []
    for (width, height) in options.sizes {
      let pictures = try BenchPictures(width: width, height: height)
      for jobs in options.jobs {
        viz_cv_set_threads(Int32(jobs))
        for benchCase in FilterCase.all where options.picks(benchCase.name) {
          let timing = try benchCase.measure(pictures, jobs: jobs, peer: peer)
          print(table.line(benchCase.name, pictures, jobs: jobs, timing))
          if benchCase.isCounted { ratios.append(timing.ratio) }
        }
      }
    }
    guard !ratios.isEmpty else { return }
    print("\ngeometric mean over \(ratios.count) of them \(geometricMean(ratios).fixed(2))×")
  }

  static func geometricMean(_ values: [Double]) -> Double {
    root(values.reduce(1, *), values.count)
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

/// What the command line asks for.
struct BenchOptions {
  /// What is timed.
  enum Subject: String { case filters, networks, training, functions }

  private(set) var subject = Subject.filters
  private(set) var peer: String?
  private(set) var sizes = [(640, 480), (1920, 1080), (3840, 2160)]
  private(set) var jobs = [1, 2]
  private var words: [String] = []

  enum Misuse: Error, CustomStringConvertible {
    case missingValue(of: String)
    case noSize(String)
    case noCount(String)

    var description: String {
      switch self {
      case .missingValue(let option): "\(option) needs a value"
      case .noSize(let found): "--size \(found): expected WIDTHxHEIGHT"
      case .noCount(let found): "--jobs \(found): expected a number of threads"
      }
    }
  }

  init(_ arguments: some Sequence<String>) throws {
    var arguments = arguments.makeIterator()
    while let argument = arguments.next() {
      switch argument {
      case "filters", "networks", "training", "functions":
        subject = Subject(rawValue: argument) ?? .filters
      case "--peer", "--size", "--jobs":
        guard let value = arguments.next() else { throw Misuse.missingValue(of: argument) }
        try set(argument, value)
      default: words.append(argument)
      }
    }
  }

  private mutating func set(_ option: String, _ value: String) throws {
    switch option {
    case "--peer": peer = value
    case "--size":
      let numbers = value.split(separator: "x").compactMap { Int($0) }
      guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { throw Misuse.noSize(value) }
      sizes = [(numbers[0], numbers[1])]
    default:
      guard let count = Int(value), count > 0 else { throw Misuse.noCount(value) }
      jobs = [count]
    }
  }

  func picks(_ name: String) -> Bool {
    words.isEmpty || words.contains(where: name.hasPrefix)
  }
}
