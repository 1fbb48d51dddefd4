public import VizImage

/// A layer's kernels while they are learned: pages of one size, all by one scale of colours.
public struct KernelGrowth: Sendable {
  /// The kernels after some steps.
  public struct Moment: Sendable {
    public let step: Int
    /// As a ``KernelSheet`` has them.
    public let weights: [Float]

    public init(step: Int, weights: [Float]) {
      (self.step, self.weights) = (step, weights)
    }
  }

  private let name: String
  private let moments: [Moment]
  /// A page's own words are replaced.
  private let page: KernelSheet

  /// How long a page stands, and how long the last one does.
  private static let milliseconds = (each: 100, last: 2_000)

  /// Moments in their order, one at least.
  public init(name: String, moments: [Moment], inputs: Int, width: Int, height: Int) {
    precondition(!moments.isEmpty, "the growth of \(name) without a moment")
    let sheets = moments.map {
      KernelSheet(name: name, weights: $0.weights, inputs: inputs, width: width, height: height)
    }
    let ranges = sheets.map(\.wholeRange)
    var page = sheets[0]
    page.scale = .global(ranges.dropFirst().reduce(ranges[0]) { $0.union($1) })
    (self.name, self.moments, self.page) = (name, moments, page)
  }

  /// The bytes of an animated PNG, a page for each moment.
  public func animation(jobs: Int = 1) throws(ImageError) -> [UInt8] {
    var size = (width: 1, height: 1)
    for moment in moments {
      let sheet = sheet(of: moment).image()
      size = (max(size.width, sheet.width), max(size.height, sheet.height))
    }
    var animation = AnimatedPNG(options: EncodingOptions(jobs: jobs))
    for (i, moment) in moments.enumerated() {
      var canvas = Canvas(
        width: size.width, height: size.height, background: page.theme.background)
      canvas.draw(raster(of: moment), x: 0, y: 0)
      let isLast = i == moments.count - 1
      try animation.append(
        canvas.image, milliseconds: isLast ? Self.milliseconds.last : Self.milliseconds.each)
    }
    return animation.encoded
  }

  /// The first moment above the last one.
  public func beforeAndAfter() -> Image {
    let pages = (moments.count == 1 ? [moments[0]] : [moments[0], moments[moments.count - 1]])
      .map(raster)
    var canvas = Canvas(
      width: pages.reduce(0) { max($0, $1.width) },
      height: pages.reduce(0) { $0 + $1.height }, background: page.theme.background)
    var top = 0
    for page in pages {
      canvas.draw(page, x: 0, y: top)
      top += page.height
    }
    return canvas.image
  }

  private func sheet(of moment: Moment) -> KernelSheet {
    var sheet = KernelSheet(
      name: "\(name), \(Self.words(for: moment.step))", weights: moment.weights,
      inputs: page.inputs, width: page.width, height: page.height)
    sheet.scale = page.scale
    return sheet
  }

  private func raster(of moment: Moment) -> Raster {
    Raster(sheet(of: moment).image(), over: page.theme.background)
  }

  private static func words(for step: Int) -> String {
    switch step {
    case 0: "before the first step"
    case 1: "after 1 step"
    default: "after \(step) steps"
    }
  }
}
