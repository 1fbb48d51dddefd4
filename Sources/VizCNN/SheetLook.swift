internal import VizImage
public import VizMethods
internal import VizNN
public import VizRender

/// How layers are drawn.
public struct SheetLook: Sendable {
  /// Which numbers share one scale of colours.
  public enum Scale: String, Sendable, CaseIterable {
    case layer, map, global
  }

  /// torchvision's `make_grid` and `save_image`, with their parameters.
  public struct Torchvision: Sendable, Equatable {
    public var padding = 2
    public var paddingValue = 0.0
    public var normalizes = true
    public var range: ClosedRange<Double>?

    public init() {}
  }

  public var scale = Scale.layer
  /// nil takes viridis where nothing is negative, else red below zero and blue above.
  public var colormap: Colormap?
  public var columns: Int?
  /// nil draws vizcnn's own sheets.
  public var torchvision: Torchvision?

  public init() {}

  /// Feature maps of a layer that a page shows at first.
  private static let firstOnPage = 16

  /// Feature maps of a layer that a page holds.
  ///
  /// Up to 64, and of large ones fewer, so that a page stays a page; the layer's sheet has all of them.
  static func mapsOnPage(of layer: LayerActivation) -> Int {
    let area = layer.shape.dimensions.suffix(2).reduce(1, *)
    return min(layer.channels.count, max(firstOnPage, min(64, 400_000 / max(1, area))))
  }

  /// The sheet of a layer's output.
  func image(of layer: LayerActivation, whole: ClosedRange<Double>?) -> Image {
    if let torchvision, layer.isMaps { return image(of: layer.planes, torchvision) }
    return layer.isMaps
      ? mapSheet(of: layer, whole, layer.channels.indices).image()
      : vectorSheet(of: layer, whole).image()
  }

  /// A layer's output on a page: of many maps the strongest.
  func part(
    of layer: LayerActivation, whole: ClosedRange<Double>?
  ) throws(ImageError) -> ReportSection.Part {
    guard layer.isMaps else { return .tiles(try vectorSheet(of: layer, whole).tiles()) }
    if let torchvision {
      return .picture(
        try ReportPicture(image(of: layer.planes, torchvision), alternative: layer.title))
    }
    let shown = layer.strongest(Self.mapsOnPage(of: layer))
    let first = Set(layer.strongest(Self.firstOnPage))
    return .tiles(
      try mapSheet(of: layer, whole, shown).tiles(
        first: Set(shown.indices.filter { first.contains(shown[$0]) })))
  }

  /// What a sheet shows, in one line.
  func details(of layer: LayerActivation, whole: ClosedRange<Double>?) -> String {
    layer.isMaps
      ? mapSheet(of: layer, whole, layer.channels.indices).details
      : vectorSheet(of: layer, whole).details
  }

  /// The sheet of a convolution's kernels.
  func image(of kernels: LayerKernels, whole: ClosedRange<Double>?) -> Image {
    guard let torchvision else { return sheet(of: kernels, whole).image() }
    let inputs = kernels.inputCount
    let isColor = inputs == 3
    let planes = (0..<kernels.filterCount).map { filter in
      (0..<inputs).map { kernels.plane(filter: filter, input: $0) }
    }
    return grid(isColor ? planes : planes.joined().map { [$0] }, torchvision)
  }

  /// A convolution's kernels on a page.
  func part(
    of kernels: LayerKernels, whole: ClosedRange<Double>?
  ) throws(ImageError) -> ReportSection.Part {
    guard torchvision == nil else {
      return .picture(
        try ReportPicture(image(of: kernels, whole: whole), alternative: kernels.title))
    }
    return .tiles(try sheet(of: kernels, whole).tiles())
  }

  /// Whether a page has no room for all filters of a layer.
  func isCutOnPage(_ kernels: LayerKernels) -> Bool {
    torchvision == nil && sheet(of: kernels, nil).isCutOnPage
  }

  func details(of kernels: LayerKernels, whole: ClosedRange<Double>?) -> String {
    sheet(of: kernels, whole).details
  }

  private func image(of planes: [Plane], _ options: Torchvision) -> Image {
    grid(planes.map { [$0] }, options)
  }

  private func grid(_ images: [[Plane]], _ options: Torchvision) -> Image {
    var grid = TorchvisionGrid(images)
    grid.columns = columns ?? 8
    grid.padding = options.padding
    grid.paddingValue = Float(options.paddingValue)
    grid.normalizes = options.normalizes
    grid.range = options.range
    grid.scalesEach = scale == .map
    return grid.image()
  }

  private func scope(_ whole: ClosedRange<Double>?) -> ScaleScope {
    switch scale {
    case .layer: .layer
    case .map: .map
    case .global: .global(whole ?? 0...0)
    }
  }

  private func mapSheet(
    of layer: LayerActivation, _ whole: ClosedRange<Double>?, _ channels: some Sequence<Int>
  ) -> FeatureMapSheet {
    let dead = Set(layer.deadChannels ?? [])
    return FeatureMapSheet(
      name: layer.title,
      maps: channels.map { channel in
        FeatureMap(layer.plane(channel), label: "\(channel)", isDead: dead.contains(channel))
      }, notes: layer.receptiveField.map { ["RF \($0.text())"] } ?? ["RF all"],
      scale: scope(whole), colormap: colormap, columns: columns)
  }

  private func vectorSheet(
    of layer: LayerActivation, _ whole: ClosedRange<Double>?
  ) -> VectorSheet {
    VectorSheet(
      name: layer.title, values: layer.value.values, range: scale == .global ? whole : nil,
      colormap: colormap)
  }

  private func sheet(
    of kernels: LayerKernels, _ whole: ClosedRange<Double>?
  ) -> KernelSheet {
    KernelSheet(
      name: kernels.title, weights: kernels.weight.values, inputs: kernels.inputCount,
      width: kernels.weight.shape[3], height: kernels.weight.shape[2],
      labels: kernels.filters.map(\.label),
      notes: kernels.groups > 1 ? ["\(kernels.groups) groups"] : [], scale: scope(whole),
      colormap: colormap ?? .redBlue, columns: columns)
  }
}

extension LayerActivation {
  /// The channels with the greatest magnitudes, in their order.
  func strongest(_ count: Int) -> [Int] {
    let peaks = channels.map { channel in
      channel.nanCount > 0
        ? Float.infinity : channel.range.map { max(-$0.lowerBound, $0.upperBound) } ?? 0
    }
    let order = peaks.indices.sorted {
      peaks[$0] == peaks[$1] ? $0 < $1 : peaks[$0] > peaks[$1]
    }
    return order.prefix(count).sorted()
  }
}

extension ReceptiveField {
  /// `14×14 stride 2`, as captions say it; the word in front of the stride is the caller's.
  package func text(stride word: String = "stride") -> String {
    func both(_ number: (Axis) -> Double, joined: Bool) -> String {
      let (y, x) = (decimal(number(vertical)), decimal(number(horizontal)))
      return joined || y != x ? "\(y)×\(x)" : y
    }
    let size = both(\.size, joined: true)
    guard vertical.stride != 1 || horizontal.stride != 1 else { return size }
    return "\(size) \(word) \(both(\.stride, joined: false))"
  }
}

extension LayerKernels {
  /// The layer's name, and its kind where the name is no more than a number.
  public var title: String { name.allSatisfy(\.isNumber) ? "\(name) \(type)" : name }
}

extension LearnedFilter {
  /// What there is to say about it, as short as can be: `≈ −0.93 · sobel-x`, `= f3`.
  var label: String {
    if let likeness { return "≈ \(likeness)" }
    return duplicate.map { "\($0.cosine < 0 ? "≈ −" : "≈ ")f\($0.filter)" } ?? ""
  }
}
