internal import VizFiles
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
    let bytes: [UInt8]
    do throws(FileError) {
      bytes =
        path == "-"
        ? try StandardInput.readAll(isWanted: ImageDecoder.recognizes)
        : try FileContents.read(path, isWanted: ImageDecoder.recognizes)
    } catch {
      throw .file(error)
    }
    do throws(ImageError) {
      return try ImageDecoder.decode(bytes, limits: limits, appliesOrientation: appliesOrientation)
    } catch {
      throw .image(file: path == "-" ? StandardInput.name : path, error)
    }
  }
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
      try FileIdentity.check(output: path, isNoneOf: inputs)
      if FileKind(path) == .file, !replacesForeignFiles, !Self.isOurs(path) {
        throw FileError.wouldOverwrite(path: path)
      }
    } catch {
      throw .file(error)
    }
  }

  /// Writes bytes to a file, whole or not at all.
  public func write(_ bytes: [UInt8], to path: String) throws(PipelineError) {
    try check(path)
    // What was not there when it was checked is not replaced when it is there now.
    let replacement: AtomicFile.Replacement =
      replacesForeignFiles || FileKind(path) != nil ? .allowed : .refused
    do throws(FileError) {
      try AtomicFile.write(bytes, to: path, replacing: replacement, marked: true)
    } catch {
      throw .file(error)
    }
  }

  /// Writes bytes to a file or to standard output.
  public func write(
    _ bytes: [UInt8], to destination: OutputPlan.Destination
  ) throws(PipelineError) {
    switch destination {
    case .file(let path): try write(bytes, to: path)
    case .standardOutput:
      do throws(FileError) {
        try StandardOutput.write(bytes)
      } catch {
        throw .file(error)
      }
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

  /// Whether this program wrote the file as it is: a mark inside of it, or beside its name.
  static func isOurs(_ path: String) -> Bool {
    // The mark of a picture lies near its front.
    guard let start = try? FileContents.prefix(of: path, count: 65_536), !start.isEmpty else {
      return false
    }
    return ImageMarker.wasWrittenByUs(start) || OwnershipMarker.isValid(at: path)
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
