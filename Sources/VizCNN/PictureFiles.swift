public import VizFiles
public import VizImage

/// How pictures are read.
public struct PictureReader: Sendable {
  public var limits: ImageLimits
  public var appliesOrientation: Bool

  public init(limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true) {
    self.limits = limits
    self.appliesOrientation = appliesOrientation
  }

  /// The picture in a file, or in standard input for `-`.
  public func read(_ path: String) throws(PipelineError) -> Image {
    let source = try open(path)
    do throws(ImageError) {
      return try source.image()
    } catch {
      throw .image(file: Self.name(of: path), error)
    }
  }

  /// The same picture, decoded when it is first worked on.
  public func open(_ path: String) throws(PipelineError) -> PictureSource {
    let times = WorkTimes()
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try times.measuring(.decode) { () throws(FileError) in
        path == "-"
          ? try StandardInput.readAll(isWanted: ImageDecoder.recognizes)
          : try FileContents.read(path, isWanted: ImageDecoder.recognizes)
      }
    } catch {
      throw .file(error)
    }
    do throws(ImageError) {
      return try ImageDecoder.source(
        of: bytes, limits: limits, appliesOrientation: appliesOrientation, times: times)
    } catch {
      throw .image(file: Self.name(of: path), error)
    }
  }

  /// How messages name an input.
  static func name(of path: String) -> String { path == "-" ? StandardInput.name : path }
}

/// Writes results, and nothing over what is not its own.
///
/// An input is never overwritten, under whatever name; a file that this program did not write, only
/// when asked for; an earlier result of its own always.
public struct ResultWriter: Sendable {
  private let inputs: Set<FileIdentity>
  private let replacesForeignFiles: Bool

  public init(inputs: [String], replacesForeignFiles: Bool = false) {
    self.inputs = Set(inputs.compactMap { $0 == "-" ? nil : FileIdentity($0) })
    self.replacesForeignFiles = replacesForeignFiles
  }

  /// Throws where writing to the path would lose something.
  public func check(_ path: String) throws(PipelineError) {
    do throws(FileError) {
      try requireReplaceable(path)
    } catch {
      throw .file(error)
    }
  }

  /// Writes a picture that this program drew.
  public func write(
    _ image: Image, to destination: OutputPlan.Destination, as format: ImageFormat,
    options: EncodingOptions = EncodingOptions()
  ) throws(PipelineError) {
    let bytes: [UInt8]
    do throws(ImageError) {
      bytes = try ImageEncoder.encode(image, as: format, options: options)
    } catch {
      throw .image(file: destination.name, error)
    }
    try write(bytes, to: destination)
  }

  /// Writes pictures as PNG under their names into a folder, which is made; all or none, as far as that
  /// can be known before.
  ///
  /// - Returns: their paths.
  func write(
    _ pictures: [(name: String, picture: Image)], to folder: String
  ) throws(PipelineError) -> [String] {
    try OutputPlan.requireFolder(folder)
    let paths = pictures.map { OutputPlan.path($0.name, in: folder) }
    for path in paths { try check(path) }
    do throws(FileError) {
      try Folder.create(folder)
    } catch {
      throw .file(error)
    }
    for (path, (_, picture)) in zip(paths, pictures) {
      try write(picture, to: .file(path), as: .png)
    }
    return paths
  }

  /// Writes the bytes of a picture.
  func write(_ bytes: [UInt8], to destination: OutputPlan.Destination) throws(PipelineError) {
    do throws(FileError) {
      switch destination {
      case .file(let path):
        var file = try open(path)
        try file.write(bytes)
        try file.commit()
      case .standardOutput: try StandardOutput.write(bytes)
      }
    } catch {
      throw .file(error)
    }
  }

  /// Writes an array of numbers.
  public func write(_ array: NumPyArray, to path: String) throws(PipelineError) {
    try write(array.npy, to: .file(path))
  }

  /// Writes the bytes of a picture and, as `.npy`, the responses that it shows: both files appear, or
  /// neither.
  func write(
    _ bytes: [UInt8], to path: String, responses: NumPyArray, to responsesPath: String
  ) throws(PipelineError) {
    do throws(FileError) {
      var picture = try open(path)
      var numbers = try open(responsesPath)
      try picture.write(bytes)
      try numbers.write(responses.npy)
      try AtomicFile.commit(picture, numbers)
    } catch {
      throw .file(error)
    }
  }

  /// An output that nothing stands in the way of.
  private func open(_ path: String) throws(FileError) -> AtomicFile {
    try requireReplaceable(path)
    // What was not there when it was checked is not replaced when it is there now.
    let replacement: AtomicFile.Replacement =
      replacesForeignFiles || FileKind(path) != nil ? .allowed : .refused
    return try AtomicFile(path, replacing: replacement, marked: true)
  }

  private func requireReplaceable(_ path: String) throws(FileError) {
    try FileIdentity.check(output: path, isNoneOf: inputs)
    if FileKind(path) == .file, !replacesForeignFiles, !Self.isOurs(path) {
      throw .wouldOverwrite(path: path)
    }
  }

  /// Whether a file is a result of ours and none of the inputs.
  func mayRemove(_ path: String) -> Bool {
    do {
      try FileIdentity.check(output: path, isNoneOf: inputs)
    } catch {
      return false
    }
    return FileKind(path) == .file && Self.isOurs(path)
  }

  /// Whether this program wrote the file as it is: a mark inside of it, or beside its name.
  static func isOurs(_ path: String) -> Bool {
    // The mark of a picture lies near its front.
    guard let start = try? FileContents.prefix(of: path, count: 65_536), !start.isEmpty else {
      return false
    }
    return ImageMarker.wasWrittenByUs(start) || isPageOfOurs(start)
      || OwnershipMarker.isValid(at: path)
  }
}

extension ResultWriter {
  /// Whether bytes begin as the pages of a report and their numbers do.
  private static func isPageOfOurs(_ start: [UInt8]) -> Bool {
    let text = String(decoding: start.prefix(512), as: UTF8.self)
    return text.hasPrefix("{\"generator\":\"vizcnn ")
      || text.hasPrefix("<!doctype html>")
        && text.contains("<meta name=\"generator\" content=\"vizcnn\">")
  }
}

extension OutputPlan.Destination {
  /// How messages name it.
  public var name: String {
    switch self {
    case .file(let path): path
    case .standardOutput: StandardOutput.name
    }
  }
}
