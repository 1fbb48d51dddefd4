public import VizFiles
internal import VizImage
internal import VizInput
internal import VizMethods
internal import VizNN
internal import VizRender

/// What the capsules of a network say about pictures, drawn by its own decoder.
public struct CapsulesReport: Sendable {
  private let network: PictureNetwork
  private let probe: CapsuleProbe
  private let input: InputDescription
  private let writer: ResultWriter
  private let context: ForwardContext

  /// What was written about one picture.
  public struct Outcome: Sendable {
    /// The class of the longest capsule.
    public let name: String
    public let lengths: [Double]
    public let pose: [Float]
    /// The root of the mean squared distance between the input and what is drawn of it.
    public let distance: Double
    public let notes: [String]
    public let files: [String]
  }

  /// - Throws: where the network has no capsules, or no decoder that draws them.
  public init(
    _ network: PictureNetwork, writer: ResultWriter, jobs: Int? = nil
  ) throws(PipelineError) {
    guard let input = network.description, [1, 3].contains(input.channels) else {
      throw .request(
        "\(printable(network.name)): nothing says how large its pictures are",
        hint: "--size says it")
    }
    self.network = network
    self.input = input
    self.writer = writer
    context = ForwardContext(jobs: jobs)
    do throws(MethodError) {
      probe = try CapsuleProbe(
        network.checkpoint.network, input: [1, input.channels, input.height, input.width])
    } catch {
      throw .method(file: network.name, error)
    }
  }

  /// How far a number is moved, in steps of 0.05 to both sides.
  private static let steps = (-5...5).map { Float($0) * 0.05 }

  /// Writes `reconstruction.png` and `dimensions.png` into a folder.
  public func write(_ path: String, to folder: String) throws(PipelineError) -> Outcome {
    let prepared = try network.picture(path)
    let reading: CapsuleProbe.Reading
    let drawn: [Float]
    var rows: [VariationSheet.Row] = []
    do throws(MethodError) {
      reading = try probe.reading(of: prepared.tensor, context: context)
      drawn = try probe.drawings(of: [reading.pose], class: reading.winner, context: context)[0]
      for d in 0..<probe.length {
        let poses = Self.steps.map { reading.moved(d, by: $0) }
        let pictures = try probe.drawings(of: poses, class: reading.winner, context: context)
        rows.append(
          VariationSheet.Row(
            "dimension \(d)", detail: ShortNumber.text(Double(reading.pose[d])),
            pictures: pictures.map(input.picture)))
      }
    } catch {
      throw .method(file: network.name, error)
    }
    let sheet = sheet(reading, prepared.picture, input.picture(of: drawn), rows, of: path)
    let files = try writer.write(
      [
        ("reconstruction.png", pair(sheet.examples, title: sheet.title, reading)),
        ("dimensions.png", sheet.image()),
      ], to: folder)
    let squares = zip(prepared.tensor.values, drawn).reduce(0.0) {
      $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
    }
    return Outcome(
      name: name(of: reading.winner), lengths: reading.lengths, pose: reading.pose,
      distance: (squares / Double(drawn.count)).squareRoot(), notes: prepared.notes, files: files)
  }

  private func name(of winner: Int) -> String {
    let names = network.checkpoint.classNames
    return winner < names.count ? names[winner] : String(winner)
  }

  private func sheet(
    _ reading: CapsuleProbe.Reading, _ picture: Image, _ drawn: Image,
    _ rows: [VariationSheet.Row], of path: String
  ) -> VariationSheet {
    VariationSheet(
      title: "\(path == "-" ? "stdin" : OutputPlan.name(of: path)): "
        + "class \(ClassLabels.text(name(of: reading.winner), number: reading.winner))",
      subtitle: Self.length(reading)
        + " What the decoder draws when one of the capsule's \(probe.length) numbers is moved "
        + "and the others stay. In the marked column none is.",
      examples: [(picture, "input"), (drawn, "drawn again")],
      columns: Self.steps.map { step in
        step == 0 ? "0" : (step < 0 ? "−" : "+") + ShortNumber.text(Double(abs(step)))
      },
      rows: rows, middle: Self.steps.count / 2)
  }

  private static func length(_ reading: CapsuleProbe.Reading) -> String {
    "A capsule of length \(ShortNumber.text(reading.lengths[reading.winner]))."
  }

  /// The input beside what is drawn of it.
  private func pair(
    _ examples: [(picture: Image, label: String)], title: String, _ reading: CapsuleProbe.Reading
  ) -> Image {
    var grid = Grid(
      tiles: examples.map { GridTile(.image($0.picture), caption: $0.label) }, title: title,
      columns: 2, minimumTileSide: 280)
    grid.subtitle = Self.length(reading)
    grid.framesPictures = true
    grid.minimumContentWidth = 560
    return grid.image()
  }
}

extension CapsulesReport.Outcome {
  /// The class and how long its capsule is, in a line.
  public var summary: String {
    "class \(printable(name)), length \(ShortNumber.text(lengths.max() ?? 0))"
  }

  /// A line about a picture.
  public func json(path: String) -> JSONValue {
    .object([
      ("picture", .string(path)), ("class", .string(name)),
      ("lengths", .array(lengths.map { .number($0) })),
      ("pose", .array(pose.map { .number(Double($0)) })), ("distance", .number(distance)),
      ("notes", .array(notes.map { .string($0) })),
      ("files", .array(files.map { .string($0) })),
    ])
  }
}
