public import VizFiles
public import VizImage
internal import VizRender
public import VizTraining

/// Labelled pictures as numbers and as a sheet.
public struct DataSheet: Sendable {
  public let source: DataSource
  public let summary: DataSummary
  private let data: DataSet

  /// Classes that a sheet shows.
  public static let mostClasses = 40

  public init(_ source: DataSource, part: DataSource.Part) throws(PipelineError) {
    self.source = source
    do {
      data = try source.read(part)
      summary = try DataSummary(data)
    } catch {
      throw .training(.data(error))
    }
  }

  /// The files that the data are in.
  public var files: [String] { data.files }

  /// What they are for; nil where the data have one part for everything.
  public var part: DataSource.Part? { data.part }

  /// A row for each class with its first pictures.
  public func image(columns: Int = 10) throws(PipelineError) -> Image {
    precondition(columns > 0, "\(columns) columns")
    let side = PictureRows.tileSide(columns: columns)
    let classes = summary.classNames.indices.prefix(Self.mostClasses)
    let labels = ClassLabels(summary.classNames)
    var rows: [PictureRows.Row] = []
    for label in classes {
      let members = data.labels.indices.lazy.filter { data.labels[$0] == label }
      var pictures: [(image: Image, caption: String)] = []
      for i in members.prefix(columns) {
        do {
          // Photographs are small before the next one is read.
          pictures.append((try data.image(at: i).shrunk(toSide: side), "\(i)"))
        } catch {
          throw .training(.data(error))
        }
      }
      rows.append(
        PictureRows.Row(
          labels.texts[label], detail: Self.pictures(summary.counts[label]),
          pictures: pictures))
    }
    let left = summary.classNames.count - classes.count
    return PictureRows(
      title: "\(source.shortText): \(Self.pictures(summary.count))",
      footer: "The first pictures of each class, with their numbers in the set."
        + (left > 0 ? " \(left) more \(left == 1 ? "class is" : "classes are") not shown." : "")
        + (labels.hasNumbers ? " \(ClassLabels.note)." : ""),
      rows: rows
    ).image()
  }

  private static func pictures(_ count: Int) -> String {
    "\(count) \(count == 1 ? "picture" : "pictures")"
  }

  public var json: JSONValue {
    let common = summary.sizes.count == 1 ? summary.sizes[0].size : nil
    return .object([
      ("data", .string(source.text)), ("part", data.partFact), ("pictures", .int(summary.count)),
      ("width", common.map { .int($0.width) } ?? .null),
      ("height", common.map { .int($0.height) } ?? .null),
      ("smallest", Self.json(summary.sizeRange.smallest)),
      ("largest", Self.json(summary.sizeRange.largest)), ("channels", .int(summary.channels)),
      ("mean", .array(summary.mean.map { .number($0) })),
      ("std", .array(summary.standardDeviation.map { .number($0) })),
      ("imbalance", .number(summary.imbalance)),
      (
        "classes",
        .array(
          zip(summary.classNames, summary.counts).map { name, count in
            .object([("name", .string(name)), ("pictures", .int(count))])
          })
      ),
    ])
  }

  private static func json(_ size: PictureSize) -> JSONValue {
    .object([("width", .int(size.width)), ("height", .int(size.height))])
  }
}

extension DataSet {
  /// The part in JSON: `train`, `test`, or `all` where there is but one.
  var partFact: JSONValue { .string(part?.rawValue ?? "all") }
}
