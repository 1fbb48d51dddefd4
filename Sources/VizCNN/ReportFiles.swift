internal import Synchronization
internal import VizFiles
internal import VizImage
internal import VizInput
internal import VizMethods
internal import VizRender

/// What a report shows of one layer, ready to be written.
struct ReportLayer: Sendable {
  /// The name of its files, without an ending.
  let stem: String
  let png: [UInt8]
  /// The numbers, where they are wanted.
  let numbers: NumPyArray?
  var section: ReportSection
  /// The layer in `values.json`.
  let values: JSONValue

  /// A sheet, and what the page has in its place.
  init(
    _ title: String, _ details: String, stem: String, numbers: NumPyArray?, values: JSONValue,
    sheet: Image, onPage part: () throws(ImageError) -> ReportSection.Part
  ) throws(PipelineError) {
    self.stem = stem
    self.numbers = numbers
    self.values = values
    do throws(ImageError) {
      png = try ImageEncoder.encode(sheet, as: .png)
      section = ReportSection(title: title, caption: details, parts: [try part()])
    } catch {
      throw .image(file: stem, error)
    }
  }
}

/// The files of a report: sheets and numbers one after the other, the page at the end.
struct ReportFiles {
  let folder: String
  let writer: ResultWriter
  private(set) var written: [String] = []
  private let earlier: EarlierReport

  private static let numbersName = "values.json"
  private static let pageName = "index.html"

  init(folder: String, writer: ResultWriter) {
    self.folder = folder
    self.writer = writer
    earlier = EarlierReport(in: folder, listedIn: Self.numbersName)
  }

  /// Makes layers on several threads and writes them in their order.
  mutating func write(
    count: Int, jobs: Int,
    _ layer: @Sendable (Int) throws(PipelineError) -> ReportLayer
  ) throws(PipelineError) -> [ReportLayer] {
    let made = Mutex<[Result<ReportLayer, PipelineError>]>([])
    OrderedWork.run(count: count, jobs: jobs) { i in
      Result { () throws(PipelineError) in try layer(i) }
    } finish: { _, result in
      result
    } report: { _, result in
      made.withLock { $0.append(result) }
      if case .failure = result { return false }
      return true
    }
    var layers: [ReportLayer] = []
    for result in made.withLock(\.self) { layers.append(try result.get()) }
    // All or nothing, as far as that can be known before.
    try OutputPlan.requireFolder(folder)
    let names = layers.flatMap { layer in
      [layer.stem + ".png"] + (layer.numbers == nil ? [] : [layer.stem + ".npy"])
    }
    for name in names + [Self.numbersName, Self.pageName] {
      try writer.check(OutputPlan.path(name, in: folder))
    }
    for layer in layers {
      if let numbers = layer.numbers { try write(numbers.npy, named: layer.stem + ".npy") }
      try write(layer.png, named: layer.stem + ".png")
    }
    return layers
  }

  /// The part of the page that shows what goes in and what comes out.
  func section(
    of input: PreparedInput, _ prediction: Prediction?
  ) throws(PipelineError) -> ReportSection {
    let image = Raster(input.picture, over: Theme.light.panel)
      .fitted(minimum: 224, maximum: 480).image
    let size = "\(input.picture.width)×\(input.picture.height)"
    var parts: [ReportSection.Part]
    do throws(ImageError) {
      parts = [.picture(try ReportPicture(image, alternative: "what the network sees, \(size)"))]
    } catch {
      throw .image(file: "input", error)
    }
    if let prediction {
      parts.append(.bars(prediction.top(5).map { Bar($0.name, share: $0.probability) }))
    }
    return ReportSection(title: "input", caption: size, parts: parts)
  }

  /// Writes the page and its numbers, and removes the sheets of an earlier run that neither knows.
  mutating func write(
    _ page: ReportPage, values: [(String, JSONValue)]
  ) throws(PipelineError) {
    let sheets = written.map { String(OutputPlan.name(of: $0)) }
    let numbers = JSONValue.object(
      [("generator", .string("vizcnn \(VizCNNVersion.number)"))] + values
        + [("files", .array(sheets.map { .string($0) }))])
    try write(Array((numbers.text + "\n").utf8), named: Self.numbersName)
    try write(Array(page.html().utf8), named: Self.pageName)
    try earlier.removeFiles(except: Set(sheets), by: writer)
  }

  private mutating func write(_ bytes: [UInt8], named name: String) throws(PipelineError) {
    if written.isEmpty {
      do throws(FileError) {
        try Folder.create(folder)
      } catch {
        throw .file(error)
      }
    }
    let path = OutputPlan.path(name, in: folder)
    try writer.write(bytes, to: .file(path))
    written.append(path)
  }
}
