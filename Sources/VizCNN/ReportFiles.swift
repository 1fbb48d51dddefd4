internal import VizFiles
internal import VizImage
internal import VizInput
internal import VizMethods
internal import VizRender

/// The files of a report: sheets and numbers one after the other, the page at the end.
struct ReportFiles {
  let folder: String
  let writer: ResultWriter
  let encoding: EncodingOptions
  private(set) var written: [String] = []

  init(folder: String, writer: ResultWriter, jobs: Int) {
    self.folder = folder
    self.writer = writer
    encoding = EncodingOptions(jobs: jobs)
  }

  /// Writes a layer's sheet, and gives its part of the page.
  mutating func section(
    _ title: String, _ details: String, stem: String,
    _ sheet: (_ theme: Theme, _ heading: Bool) -> Image
  ) throws(PipelineError) -> ReportSection {
    try write(encoded(sheet(.light, true), stem), named: stem + ".png")
    let light = sheet(.light, false)
    let picture = ReportPicture(
      png: try encoded(light, stem), width: light.width, height: light.height,
      alternative: "\(title) · \(details)", darkPNG: try encoded(sheet(.dark, false), stem))
    return ReportSection(title: title, caption: details, parts: [.picture(picture)])
  }

  /// Writes a bar chart, and gives its part of the page.
  mutating func section(
    _ title: String, _ details: String, stem: String, bars: BarChart
  ) throws(PipelineError) -> ReportSection {
    try write(encoded(bars.image(), stem), named: stem + ".png")
    return ReportSection(title: title, caption: details, parts: [.bars(bars.bars)])
  }

  /// The part of the page that shows what goes in and what comes out.
  func section(
    of input: PreparedInput, _ prediction: Prediction?
  ) throws(PipelineError) -> ReportSection {
    let image = Raster(input.picture, over: Theme.light.panel)
      .fitted(minimum: 224, maximum: 480).image
    let size = "\(input.picture.width)×\(input.picture.height)"
    var parts: [ReportSection.Part] = [
      .picture(
        ReportPicture(
          png: try encoded(image, "input"), width: image.width, height: image.height,
          alternative: "what the network sees, \(size)"))
    ]
    if let prediction {
      parts.append(.bars(prediction.top(5).map { Bar($0.name, share: $0.probability) }))
    }
    return ReportSection(title: "input", caption: size, parts: parts)
  }

  /// Writes the page and its numbers.
  mutating func write(
    _ page: ReportPage, values: [(String, JSONValue)]
  ) throws(PipelineError) {
    let numbers = JSONValue.object(
      [("generator", .string("vizcnn \(VizCNNVersion.number)"))] + values)
    try write(Array((numbers.text + "\n").utf8), named: "values.json")
    try write(Array(page.html().utf8), named: "index.html")
  }

  mutating func write(_ array: NumPyArray, named name: String) throws(PipelineError) {
    try write(array.npy, named: name)
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

  private func encoded(_ image: Image, _ name: String) throws(PipelineError) -> [UInt8] {
    do throws(ImageError) {
      return try ImageEncoder.encode(image, as: .png, options: encoding)
    } catch {
      throw .image(file: name, error)
    }
  }
}
