internal import VizFiles
internal import VizImage
public import VizMethods
internal import VizNN
internal import VizRender

/// The kernels of a network's convolutions, as files in a folder: a sheet for each layer, `index.html`
/// and `values.json`.
public struct KernelsReport: Sendable {
  public let name: String
  public let layers: [LayerKernels]
  public let look: SheetLook
  /// Whether the weights are written beside each sheet as `.npy`.
  public let writesNumbers: Bool
  private let layerCount: Int

  /// - Throws: where the selection means no layer, or none with kernels.
  public init(
    _ checkpoint: Checkpoint, name: String, layers: LayerSelection = .standard,
    look: SheetLook = SheetLook(), writesNumbers: Bool = false
  ) throws(PipelineError) {
    self.name = name
    self.look = look
    self.writesNumbers = writesNumbers
    layerCount = checkpoint.network.architecture.nodes.count
    do throws(MethodError) {
      self.layers = try LayerKernels.all(of: checkpoint.network, selection: layers)
    } catch {
      throw .method(file: name, error)
    }
    guard !self.layers.isEmpty else {
      throw .request(
        "\(printable(name)): there is no convolution among these layers",
        hint: "vizcnn layers lists what there is")
    }
  }

  /// Writes the files, and gives their paths.
  public func write(
    to folder: String, writer: ResultWriter, jobs: Int = Engine.processorCount
  ) throws(PipelineError) -> [String] {
    var files = ReportFiles(folder: folder, writer: writer)
    let whole = look.scale == .global ? range : nil
    let shown = try files.write(count: layers.count, jobs: jobs) { i throws(PipelineError) in
      let layer = layers[i]
      let stem = FileName.numbered(layer.position, of: layerCount, layer.name)
      let cut =
        look.isCutOnPage(layer)
        ? " · the \(KernelSheet.mostFilters) of the greatest norms; all are in \(stem).png" : ""
      var drawn = try ReportLayer(
        layer.title, look.details(of: layer, whole: whole) + cut, stem: stem,
        numbers: writesNumbers ? layer.weight.numPyArray : nil, values: layer.json,
        sheet: look.image(of: layer, whole: whole)
      ) { () throws(ImageError) in try look.part(of: layer, whole: whole) }
      drawn.section.parts.append(.table(layer.table))
      return drawn
    }
    try files.write(
      ReportPage(
        title: "Kernels of \(OutputPlan.name(of: name))",
        subtitle: "\(layers.count) convolution layer\(layers.count == 1 ? "" : "s")",
        sections: shown.map(\.section),
        footer: "\(LayerKernels.rules) vizcnn \(VizCNNVersion.number)"),
      values: [("model", .string(name)), ("layers", .array(shown.map(\.values)))])
    return files.written
  }

  private var range: ClosedRange<Double> {
    let ranges = layers.compactMap(\.range)
    let low = ranges.map(\.lowerBound).min() ?? 0
    let high = ranges.map(\.upperBound).max() ?? 0
    return Double(low)...Double(high)
  }
}

extension LayerKernels {
  static let rules =
    "f7 ≈ −0.93 · sobel-x: the cosine of the angle between both kernels is −0.93, a preset on each "
    + "colour for filters of three; presets are named "
    + "from 0.9 on, near duplicates from 0.98 on."

  /// A row for a filter, several rows side by side where there are many; columns that would be empty are
  /// left out.
  var table: ReportTable {
    var columns = ["filter", "L2 norm"]
    if filters.contains(where: { $0.duplicate != nil }) { columns.append("near duplicate") }
    if filters.contains(where: { $0.likeness != nil }) { columns.append("nearest preset") }
    let cells = filters.enumerated().map { f, filter in
      columns.map { column in
        switch column {
        case "filter": "f\(f)"
        case "L2 norm": ShortNumber.text(filter.norm)
        case "near duplicate":
          filter.duplicate.map { "f\($0.filter) (\(ShortNumber.text($0.cosine)))" } ?? ""
        default: filter.likeness.map { "\($0)" } ?? ""
        }
      }
    }
    let abreast = min(max(1, 8 / columns.count), (cells.count + 7) / 8)
    let height = (cells.count + abreast - 1) / abreast
    return ReportTable(
      headings: (0..<abreast).flatMap { _ in columns },
      rows: (0..<height).map { row in
        (0..<abreast).flatMap { part in
          let i = part * height + row
          return i < cells.count ? cells[i] : columns.map { _ in "" }
        }
      })
  }

  var json: JSONValue {
    .object([
      ("index", .int(position)), ("name", .string(name)), ("type", .string(type)),
      ("shape", .array(weight.shape.dimensions.map { .int($0) })), ("groups", .int(groups)),
      ("range", range.map { .numbers([Double($0.lowerBound), Double($0.upperBound)]) } ?? .null),
      (
        "filters",
        .array(
          filters.map { filter in
            .object([
              ("norm", .number(filter.norm)),
              (
                "duplicate",
                filter.duplicate.map {
                  .object([("filter", .int($0.filter)), ("cosine", .number($0.cosine))])
                } ?? .null
              ),
              (
                "preset",
                filter.likeness.map {
                  .object([("name", .string($0.preset)), ("cosine", .number($0.cosine))])
                } ?? .null
              ),
            ])
          })
      ),
    ])
  }
}
