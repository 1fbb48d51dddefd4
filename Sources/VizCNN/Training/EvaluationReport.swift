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
    evaluation = try training { () throws(TrainingError) in
      try Evaluation(
        checkpoint.network, loader, context: ForwardContext(jobs: jobs), workers: workers)
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

  /// What the pictures are for; nil where the data have one part for everything.
  public var part: DataSource.Part? { loader.data.part }

  /// Mistakes that a sheet shows.
  public static let mostMistakes = 64

  /// Writes `confusion.png` and, where there are mistakes, `mistakes.png` into a folder.
  ///
  /// - Returns: the paths.
  public func write(to folder: String, writer: ResultWriter) throws(PipelineError) -> [String] {
    do {
      try Folder.create(folder)
    } catch {
      throw .file(error)
    }
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    var pictures = [("confusion.png", confusion)]
    if let mistakes = try mistakes() {
      pictures.append((Self.mistakesName, mistakes))
    } else {
      try removeEarlier(prefix + Self.mistakesName, writer)
    }
    var written: [String] = []
    for (name, picture) in pictures {
      try writer.write(picture, to: .file(prefix + name), as: .png)
      written.append(prefix + name)
    }
    return written
  }

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
    var tiles: [GridTile] = []
    for verdict in worst {
      let picture: Image
      do {
        picture = try loader.picture(at: verdict.index)
      } catch {
        throw .training(.data(error))
      }
      let told =
        verdict.prediction < 0 ? "nothing" : evaluation.classNames[verdict.prediction]
      tiles.append(
        GridTile(
          .image(picture), caption: "\(evaluation.classNames[verdict.label]) → \(told)",
          subtitle: "\(verdict.index) · \(ShortNumber.text(verdict.loss))"))
    }
    let more = evaluation.mistakes.count
    return Grid(
      tiles: tiles, title: "\(OutputPlan.name(of: model)): \(more) mistakes",
      footer: "What it is → what it was taken for; number in the set · loss, the largest first."
        + (augmentation.map { " Pictures after \($0.text)." } ?? ""),
      columns: 8
    ).image()
  }
}

extension EvaluationReport {
  /// Rows of a table: name, pictures, share that is right.
  public var classes: [(name: String, count: Int, accuracy: Double)] {
    let table = evaluation.confusion
    return evaluation.classNames.enumerated().map { c, name in
      let count = evaluation.verdicts.count { $0.label == c }
      return (name, count, Double(table[c][c]) / Double(max(count, 1)))
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
              ("accuracy", .number(row.accuracy)),
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
