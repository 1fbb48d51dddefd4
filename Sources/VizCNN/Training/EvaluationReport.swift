internal import VizCheckpoint
public import VizFiles
internal import VizImage
internal import VizInput
internal import VizNN
internal import VizRender
public import VizTraining

/// How well the network in a file does on test pictures: numbers, and pictures of what it confuses.
public struct EvaluationReport: Sendable {
  public let model: String
  public let evaluation: Evaluation
  private let loader: Loader

  /// The files that the data are in.
  public var files: [String] { loader.data.files }

  /// How they were changed first; nil for not at all.
  public var augmentation: Augmentation? { loader.augmentation }

  /// Runs the network on the data's test pictures; these are augmented first, where that is wanted, as seed 0 has it.
  ///
  /// A picture becomes the network's input as the network says; never by what is measured of the pictures themselves.
  public init(
    _ network: PictureNetwork, data source: DataSource, part: DataSource.Part = .test,
    augmentation: Augmentation? = nil, jobs: Int, workers: Int = 0
  ) throws(PipelineError) {
    model = network.name
    let checkpoint = network.checkpoint
    let data = try training { () throws(DatasetError) in
      let read = try source.read(part)
      return checkpoint.classNames.isEmpty ? read : try read.numbered(as: checkpoint.classNames)
    }
    let input = try Self.input(of: network, data, augmentation)
    let loader = try training { () throws(DatasetError) in
      try Loader(data, input: input, augmentation: augmentation)
    }
    self.loader = loader
    do throws(TrainingError) {
      evaluation = try Evaluation(
        checkpoint.network, loader, context: ForwardContext(jobs: jobs), workers: workers)
    } catch .network(let error) {
      throw .network(file: network.name, error)
    } catch {
      throw .training(error)
    }
  }

  /// What the network says, or for pictures of the size that they have, where it says none.
  private static func input(
    of network: PictureNetwork, _ data: DataSet, _ augmentation: Augmentation?
  ) throws(PipelineError) -> InputDescription {
    if let description = network.description { return description }
    let own = try training { () throws(DatasetError) in
      try Loader(data, augmentation: augmentation).input
    }
    do throws(InputError) {
      return try network.description(of: InputSize(width: own.width, height: own.height))
    } catch {
      throw .input(file: network.name, error)
    }
  }

  /// What was assumed, a sentence each.
  public var notes: [String] {
    evaluation.judgesProbabilities
      ? ["its outputs are probabilities, so the loss is that of their logarithms"] : []
  }

  /// What makes the numbers doubtful, a sentence each.
  public var warnings: [String] {
    let broken = evaluation.verdicts.filter { !$0.isFinite }
    guard let first = broken.first else { return [] }
    return [
      "\(printable(model)): outputs for \(broken.count) of \(evaluation.count) pictures are NaN or "
        + "infinite, picture \(first.index) the first"
    ]
  }

  /// What the pictures are for; nil where the data have one part for everything.
  public var part: DataSource.Part? { loader.data.part }

  /// Mistakes that a sheet shows.
  public static let mostMistakes = 64

  /// Writes `confusion.png` and, where there are mistakes, `mistakes.png` into a folder.
  ///
  /// - Returns: the paths.
  public func write(to folder: String, writer: ResultWriter) throws(PipelineError) -> [String] {
    let mistakes = try mistakes()
    var pictures: [(name: String, picture: Image)] = [(Self.confusionName, confusion)]
    if let mistakes { pictures.append((Self.mistakesName, mistakes)) }
    let written = try writer.write(pictures, to: folder)
    if mistakes == nil {
      try removeEarlier(OutputPlan.path(Self.mistakesName, in: folder), writer)
    }
    return written
  }

  /// Throws where the folder or what would be written to it is in the way, before there is anything to write.
  public static func check(_ folder: String, writer: ResultWriter) throws(PipelineError) {
    try OutputPlan.requireFolder(folder)
    for name in [confusionName, mistakesName] {
      try writer.check(OutputPlan.path(name, in: folder))
    }
  }

  private static let confusionName = "confusion.png"
  private static let mistakesName = "mistakes.png"

  /// The sheet of an earlier run would tell of mistakes that there are not.
  private func removeEarlier(_ path: String, _ writer: ResultWriter) throws(PipelineError) {
    guard writer.mayRemove(path) else { return }
    do {
      try Folder.remove(path)
    } catch {
      throw .file(error)
    }
  }

  private var confusion: Image {
    ConfusionMatrix(
      names: evaluation.classNames, counts: evaluation.confusion,
      title: "\(OutputPlan.name(of: model)): \(BarChart.percent(evaluation.accuracy)) of "
        + "\(evaluation.count) are right" + (augmentation.map { ", after \($0.text)" } ?? "")
    ).image()
  }

  /// The pictures with the largest losses, as the network was shown them.
  private func mistakes() throws(PipelineError) -> Image? {
    let worst = evaluation.mistakes.prefix(Self.mostMistakes)
    if worst.isEmpty { return nil }
    let labels = ClassLabels(evaluation.classNames)
    var tiles: [GridTile] = []
    for verdict in worst {
      let picture: Image
      do {
        picture = try loader.picture(at: verdict.index).shrunk(toSide: Self.tileSide)
      } catch {
        throw .training(.data(error))
      }
      let told = verdict.prediction < 0 ? "nothing" : labels.texts[verdict.prediction]
      tiles.append(
        GridTile(
          .image(picture),
          caption: Self.caption(labels.texts[verdict.label], takenFor: told),
          subtitle: "\(verdict.index) · \(ShortNumber.text(verdict.loss))"))
    }
    var grid = Grid(
      tiles: tiles, title: "\(OutputPlan.name(of: model)): \(shown(of: evaluation.mistakes.count))",
      footer: "What it is → what it was taken for; number in the set · loss, "
        + (worst.contains { $0.loss.isNaN } ? "NaN and then " : "") + "the largest first."
        + (augmentation.map { " Pictures after \($0.text)." } ?? "")
        + (labels.hasNumbers ? " \(ClassLabels.note)." : ""),
      columns: 8, maximumTileSide: Self.tileSide)
    grid.fitsCaptions = true
    grid.framesPictures = true
    grid.minimumContentWidth = 420
    return grid.image()
  }

  private static let tileSide = 192

  /// How many mistakes there are, and how many of them the sheet has room for.
  private func shown(of count: Int) -> String {
    count > Self.mostMistakes
      ? "\(Self.mostMistakes) of \(count) mistakes"
      : count == 1 ? "1 mistake" : "\(count) mistakes"
  }

  /// Both names are there, however long they are, and their ends: many begin alike.
  private static func caption(_ label: String, takenFor told: String) -> String {
    func cut(_ name: String) -> String {
      name.count > 16 ? "\(name.prefix(7))…\(name.suffix(8))" : name
    }
    return "\(cut(label)) → \(cut(told))"
  }
}

extension EvaluationReport {
  /// Rows of a table: name, pictures, share that is right; nil where there is no picture.
  public var classes: [(name: String, count: Int, accuracy: Double?)] {
    let table = evaluation.confusion
    return evaluation.classNames.enumerated().map { c, name in
      let count = evaluation.verdicts.count { $0.label == c }
      return (name, count, count == 0 ? nil : Double(table[c][c]) / Double(count))
    }
  }

  public var json: JSONValue {
    .object([
      ("model", .string(model)), ("part", loader.data.partFact),
      ("pictures", .int(evaluation.count)),
      ("augmentation", augmentation.map { .string($0.text) } ?? .null),
      ("accuracy", .number(evaluation.accuracy)), ("loss", .number(evaluation.loss)),
      (
        "classes",
        .array(
          classes.map { row in
            .object([
              ("name", .string(row.name)), ("pictures", .int(row.count)),
              ("accuracy", row.accuracy.map { .number($0) } ?? .null),
            ])
          })
      ),
      (
        "confusion",
        .array(evaluation.confusion.map { .array($0.map { .int($0) }) })
      ),
      (
        "mistakes",
        .array(
          evaluation.mistakes.map { verdict in
            .object([
              ("picture", .int(verdict.index)), ("class", .int(verdict.label)),
              ("prediction", .int(verdict.prediction)), ("loss", .number(verdict.loss)),
            ])
          })
      ),
    ])
  }
}
