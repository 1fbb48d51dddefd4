internal import VizKernels

/// The arithmetic behind one sample of a filtered picture.
///
/// A trace follows the last step of a chain, on the planes that the steps before it gave. Sums are
/// Float64; `result` is what the engine itself stored.
public struct PixelTrace: Sendable {
  /// Samples that the step looks at, in rows.
  public struct Window: Sendable {
    public let width: Int
    public let height: Int
    /// Row-major, like the three below.
    public let samples: [Double]
    /// Whether the edge mode supplied the sample.
    public let isOutside: [Bool]
  }

  /// One kernel over the window.
  public struct Response: Sendable {
    public let kernel: Kernel
    /// `taps · samples`, row-major; 0 where the tap is.
    public let products: [Double]
    public let sum: Double
    /// With edge mode `renormalize`: the sum of all taps, and of those inside the picture.
    public let renormalization: (total: Double, inside: Double)?
  }

  /// What the step does with the window.
  public enum Step: Sendable {
    case kernels([Response], KernelBank.Combination, scale: Double, offset: Double, exact: Double)
    /// The middle one of the window's samples.
    case median
    /// `highest` above the level, else 0; both in sample units.
    case threshold(level: Double, highest: Double)
    case canny(CannyTrace)
    /// 9798·R + 19235·G + 3735·B.
    case gray(red: Double, green: Double, blue: Double)
    /// Nothing: gray of what is gray.
    case none
  }

  /// One channel's way to its sample.
  public struct Channel: Sendable {
    public let name: String
    public let window: Window
    public let step: Step
    public let result: Double
  }

  /// The place in the result.
  public let x: Int
  public let y: Int
  public let stepName: String
  /// Steps before the traced one.
  public let formerSteps: [String]
  public let edge: EdgeMode
  /// Sample types that go into the step and come out of it.
  public let source: SampleType
  public let output: SampleType
  public let channels: [Channel]
}

extension FilterChain {
  /// The arithmetic behind the sample at `x`, `y` of the chain's result.
  ///
  /// - Throws: `ImageError.invalidFilter` for a place outside of the result, and what `apply` throws.
  public func trace(
    _ image: Image, x: Int, y: Int, jobs: Int? = nil
  ) throws(ImageError) -> PixelTrace {
    let execution = Execution(jobs: jobs ?? ThreadPool.processorCount)
    let result = try apply(to: image, output: image.sampleType, execution: execution)
    let (width, height) = (result.planes[0].width, result.planes[0].height)
    guard 0..<width ~= x, 0..<height ~= y else {
      throw .invalidFilter(
        "the place \(x),\(y) lies outside of the result; expected 0,0 to \(width - 1),\(height - 1)"
      )
    }
    let filters = filters(depth: image.sampleType)
    let last = filters.last ?? .kernels(KernelBank(Kernel(rows: [[1]])))
    var planes = startsGray ? [image.grayscale(execution)] : image.colorPlanes(execution)
    if filters.count > 1 {
      let former = ChainRun(
        filters: Array(filters.dropLast()), edge: options.edge, depth: image.sampleType,
        output: .float, pass: BandPass(source: PictureSource(image), execution: execution))
      planes = try former.planes(of: planes)
    }
    if case .operation(let operation) = last, operation.needsRoundedSamples,
      image.sampleType.isInteger
    {
      planes = planes.map { $0.converted(to: image.sampleType, execution).plane }
    }
    let tracer = PixelTracer(
      planes: planes, values: steps.last?.values ?? [], name: steps.last?.name ?? "",
      highest: image.sampleType.range.upperBound, edge: options.edge, x: x, y: y)
    return PixelTrace(
      x: x, y: y, stepName: steps.last?.name ?? "identity",
      formerSteps: steps.dropLast().map(\.name), edge: options.edge,
      source: planes[0].sampleType, output: image.sampleType,
      channels: tracer.channels(last, results: result.planes))
  }
}

/// Looks at the neighbourhood of one place.
private struct PixelTracer {
  let planes: [Plane]
  /// The step's parameters and name.
  let values: [Double]
  let name: String
  /// White.
  let highest: Double
  let edge: EdgeMode
  let x: Int
  let y: Int

  func channels(_ filter: FilterKind, results: [Plane]) -> [PixelTrace.Channel] {
    if case .gray = filter, planes.count == 3 {
      let colors = planes.map { $0[x, y] }
      return [
        PixelTrace.Channel(
          name: "gray", window: window(planes[0], filter),
          step: .gray(red: colors[0], green: colors[1], blue: colors[2]), result: results[0][x, y])
      ]
    }
    return planes.indices.map { p in
      let window = window(planes[p], filter)
      return PixelTrace.Channel(
        name: planes.count == 3 ? ["red", "green", "blue"][p] : "gray", window: window,
        step: step(filter, window, planes[p], results[p]), result: results[p][x, y])
    }
  }

  private func window(_ plane: Plane, _ filter: FilterKind) -> PixelTrace.Window {
    let reach = filter.window
    var samples: [Double] = []
    var isOutside: [Bool] = []
    func index(_ place: Int, _ tap: Int, _ anchor: Int, _ count: Int) -> (Int, Bool) {
      let place = edge == .crop ? place + tap : place + tap - anchor
      return (edge.sourceIndex(place, count: count), !(0..<count ~= place))
    }
    for i in 0..<reach.height {
      let (row, isRowOutside) = index(y, i, reach.anchorY, plane.height)
      for j in 0..<reach.width {
        let (column, isColumnOutside) = index(x, j, reach.anchorX, plane.width)
        isOutside.append(isRowOutside || isColumnOutside)
        samples.append(row < 0 || column < 0 ? border : plane[column, row])
      }
    }
    return PixelTrace.Window(
      width: reach.width, height: reach.height, samples: samples, isOutside: isOutside)
  }

  private var border: Double {
    if case .pad(let value) = edge { value } else { 0 }
  }

  private func step(
    _ filter: FilterKind, _ window: PixelTrace.Window, _ plane: Plane, _ result: Plane
  ) -> PixelTrace.Step {
    switch filter {
    case .kernels(let bank): return kernels(bank, window)
    case .gray: return .none
    case .operation: break
    }
    let levels = values.map { $0 / 255 * highest }
    switch name {
    case "threshold": return .threshold(level: levels[0], highest: highest)
    case "canny":
      return .canny(
        CannyTrace(
          of: plane, edge: edge, low: levels[0], high: levels[1], result: result, x: x, y: y))
    default: return .median
    }
  }

  private func kernels(_ bank: KernelBank, _ window: PixelTrace.Window) -> PixelTrace.Step {
    let responses = bank.kernels.map { response($0, window) }
    let sums = responses.map(\.sum)
    let combined =
      switch bank.combination {
      case .single: sums[0]
      case .magnitude: sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .maximum: sums.dropFirst().reduce(sums[0], max)
      }
    return .kernels(
      responses, bank.combination, scale: bank.scale, offset: bank.offset,
      exact: bank.offset + bank.scale * combined)
  }

  private func response(_ kernel: Kernel, _ window: PixelTrace.Window) -> PixelTrace.Response {
    let isCutOff = edge == .renormalize
    let products = kernel.taps.indices.map { i in
      kernel.taps[i] == 0 || (isCutOff && window.isOutside[i])
        ? 0 : kernel.taps[i] * window.samples[i]
    }
    var sum = products.reduce(0, +)
    var renormalization: (total: Double, inside: Double)?
    if isCutOff, window.isOutside.contains(true) {
      let total = kernel.taps.reduce(0, +)
      let inside = kernel.taps.indices.reduce(0.0) {
        $0 + (window.isOutside[$1] ? 0 : kernel.taps[$1])
      }
      renormalization = (total, inside)
      sum = sum * total / inside
    }
    return PixelTrace.Response(
      kernel: kernel, products: products, sum: sum, renormalization: renormalization)
  }
}
