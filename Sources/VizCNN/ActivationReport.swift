public import VizFiles
internal import VizImage
public import VizInput
public import VizMethods
public import VizNN
internal import VizRender

/// What every layer of a network makes of a picture, as files in a folder: a sheet for each layer, its
/// numbers where they are wanted, `index.html` with all of it, and `values.json`.
public struct ActivationReport: Sendable {
  public let network: PictureNetwork
  private let probe: ActivationProbe
  public let look: SheetLook
  /// Whether `NN-layer.npy` is written beside each sheet.
  public let writesNumbers: Bool
  private let writer: ResultWriter
  private let jobs: Int

  public init(
    _ network: PictureNetwork, layers: LayerSelection = .standard, look: SheetLook = SheetLook(),
    writesNumbers: Bool = false, writer: ResultWriter, jobs: Int = Engine.processorCount
  ) throws(PipelineError) {
    self.network = network
    self.look = look
    self.writesNumbers = writesNumbers
    self.writer = writer
    self.jobs = jobs
    do throws(MethodError) {
      probe = try ActivationProbe(network.checkpoint.network, selection: layers)
    } catch {
      throw .method(file: network.name, error)
    }
  }

  /// What was written for a picture.
  public struct Outcome: Sendable {
    /// All files, the pages last.
    public let files: [String]
    /// nil where the output is no list of classes.
    public let prediction: Prediction?
    /// The picture as the network saw it.
    public let input: PreparedInput
  }

  /// Looks at a picture and writes the files.
  public func write(_ path: String, to folder: String) throws(PipelineError) -> Outcome {
    let input = try network.picture(path)
    let activations: Activations
    do throws(MethodError) {
      activations = try probe.activations(
        for: [network.inputName: input.tensor], context: ForwardContext(jobs: jobs))
    } catch {
      throw .method(file: network.name, error)
    }
    let prediction = activations.outputs[network.architecture.outputs[0].name].flatMap {
      Prediction(
        output: $0, of: network.architecture, classNames: network.checkpoint.classNames)
    }
    var files = ReportFiles(folder: folder, writer: writer)
    let shown = Array(activations)
    let whole = look.scale == .global ? Self.range(of: shown) : nil
    let layers = try files.write(count: shown.count, jobs: jobs) { i throws(PipelineError) in
      try draw(shown[i], whole, prediction)
    }
    let inputSection = try files.section(of: input, prediction)
    try files.write(
      ReportPage(
        title: "\(OutputPlan.name(of: path)) in \(OutputPlan.name(of: network.name))",
        subtitle: ([prediction.map { "\($0.classes[0].summary)" }].compactMap(\.self)
          + ["\(probe.layers.count) layers"] + input.notes).joined(separator: " · "),
        sections: [inputSection] + layers.map(\.section),
        footer: "vizcnn \(VizCNNVersion.number)"),
      values: [
        ("model", .string(network.name)), ("picture", .string(path)),
        ("notes", .array(input.notes.map { .string($0) })),
        ("scale", .string(look.scale.rawValue)),
        ("top", .array(prediction?.top(5).map(\.json) ?? [])),
        ("layers", .array(layers.map(\.values))),
      ])
    return Outcome(files: files.written, prediction: prediction, input: input)
  }

  private func draw(
    _ layer: LayerActivation, _ whole: ClosedRange<Double>?, _ prediction: Prediction?
  ) throws(PipelineError) -> ReportLayer {
    let stem = FileName.numbered(
      layer.position, of: network.architecture.nodes.count, layer.name)
    let numbers = writesNumbers ? layer.value.numPyArray : nil
    let details = look.details(of: layer, whole: whole)
    let isLast = layer.name == network.architecture.outputs[0].value
    if isLast, let prediction, look.torchvision == nil {
      let chart = prediction.bars(named: layer.title, details: details)
      return try ReportLayer(
        layer.title, chart.subtitle ?? details, stem: stem, numbers: numbers, values: layer.json,
        sheet: chart.image()
      ) { .bars(chart.bars) }
    }
    let most = SheetLook.mapsOnPage(of: layer)
    let isCut = layer.isMaps && look.torchvision == nil && layer.channels.count > most
    return try ReportLayer(
      layer.title,
      details + (isCut ? " · the \(most) strongest maps; all are in \(stem).png" : ""),
      stem: stem, numbers: numbers, values: layer.json, sheet: look.image(of: layer, whole: whole)
    ) { () throws(ImageError) in try look.part(of: layer, whole: whole) }
  }

  /// From the least to the greatest number of all layers.
  private static func range(of layers: [LayerActivation]) -> ClosedRange<Double> {
    var (low, high) = (Double.infinity, -Double.infinity)
    for layer in layers {
      guard let range = layer.range else { continue }
      low = min(low, Double(range.lowerBound))
      high = max(high, Double(range.upperBound))
    }
    return low <= high ? low...high : 0...0
  }
}

extension Prediction {
  /// All classes in their order where they are few, else the most probable ones; the details say so.
  func bars(named title: String, details: String) -> BarChart {
    let few = 20
    let isFew = classes.count <= few
    let shown = isFew ? classes.sorted { $0.index < $1.index } : Array(top(few))
    let share = isFew ? "" : ", the \(few) most probable of \(classes.count)"
    return BarChart(
      title: title, subtitle: "\(details) · bars: softmax\(share)",
      bars: shown.map { Bar($0.name, share: $0.probability, number: $0.index) })
  }
}

extension Prediction.Entry {
  var summary: String { "\(name), \(BarChart.percent(probability))" }

  public var json: JSONValue {
    .object([
      ("index", .int(index)), ("name", .string(name)), ("probability", .number(probability)),
      ("score", .number(Double(score))),
    ])
  }
}

extension LayerActivation {
  var json: JSONValue {
    .object([
      ("index", .int(position)), ("name", .string(name)), ("type", .string(type)),
      ("shape", .array(shape.dimensions.map { .int($0) })),
      ("range", range.map { .numbers([Double($0.lowerBound), Double($0.upperBound)]) } ?? .null),
      ("dead", deadChannels.map { .array($0.map { .int($0) }) } ?? .null),
      ("nan", .int(nanCount)), ("infinite", .int(infinityCount)),
      ("receptiveField", receptiveField.map(\.json) ?? .null),
      (
        "channels",
        isMaps
          ? .array(
            channels.map { channel in
              .object([
                ("min", channel.range.map { .number(Double($0.lowerBound)) } ?? .null),
                ("max", channel.range.map { .number(Double($0.upperBound)) } ?? .null),
                ("mean", channel.mean.isFinite ? .number(channel.mean) : .null),
              ])
            }) : .null
      ),
      ("values", isMaps ? .null : .numbers(value.values.map(Double.init))),
    ])
  }
}

extension ReceptiveField {
  /// Height first, as in shapes.
  public var json: JSONValue {
    let axes = [vertical, horizontal]
    return .object([
      ("size", .numbers(axes.map(\.size))), ("stride", .numbers(axes.map(\.stride))),
      ("start", .numbers(axes.map(\.start))),
    ])
  }
}
