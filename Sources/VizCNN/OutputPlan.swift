internal import VizFiles
public import VizImage

/// Where results go, decided before any work.
public struct OutputPlan: Sendable {
  /// What was asked for.
  public enum Target: Sendable, Equatable {
    /// Next to each input; standard output for standard input.
    case automatic
    case file(String)
    case folder(String)
    case standardOutput

    /// What a word behind `-o` means: `-`, a folder (it exists, or the word ends in `/`), or a file.
    public init(_ word: String) {
      switch word {
      case "-": self = .standardOutput
      case _ where word.hasSuffix("/") || Folder.exists(word): self = .folder(word)
      default: self = .file(word)
      }
    }
  }

  /// Where one result goes.
  public enum Destination: Sendable, Hashable {
    case file(String)
    case standardOutput
  }

  /// Parallel to the inputs.
  public let destinations: [Destination]
  public let format: ImageFormat

  /// Plans the results of `inputs`: paths, or `-` for standard input.
  ///
  /// Each name is the input's stem, `suffix` (such as `sobel-x`) and the format's extension. Without a
  /// wanted format the name in `target` decides, else it is PNG.
  ///
  /// Several inputs to one place, two results with one name, a format that contradicts the name in
  /// `target`, and a quality for a format that has none, are a `request` error.
  public init(
    inputs: [String], target: Target, suffix: String, format wanted: ImageFormat? = nil,
    quality: Int? = nil
  ) throws(PipelineError) {
    format = try Self.format(of: target, wanted: wanted)
    if quality != nil, !format.hasQuality {
      throw .request(
        "--quality is for JPEG and WebP; the output is \(format.name)",
        hint: "leave it out, or name an output that ends in .jpg or .webp")
    }
    if inputs.count > 1 {
      switch target {
      case .standardOutput:
        throw .request(
          "\(inputs.count) pictures do not fit into one stream",
          hint: "end -o with / to name a folder")
      case .file(let path):
        throw .request(
          "-o \(printable(path)): \(inputs.count) inputs need a folder, and this is none",
          hint: "end it with / to have a folder made")
      case .automatic, .folder: break
      }
      if inputs.filter({ $0 == "-" }).count > 1 {
        throw .request("standard input (-) can be read once only", hint: nil)
      }
    }
    let fileExtension = format.extensions[0]
    destinations = inputs.map { input in
      let name = "\(input == "-" ? "stdin" : Self.stem(of: input)).\(suffix).\(fileExtension)"
      return switch target {
      case .standardOutput: .standardOutput
      case .file(let path): .file(path)
      case .folder(let folder): .file(Self.path(name, in: folder))
      case .automatic:
        input == "-" ? .standardOutput : .file(Self.folder(of: input) + name)
      }
    }
    try Self.checkDistinct(destinations, inputs: inputs)
  }

  private static func format(
    of target: Target, wanted: ImageFormat?
  ) throws(PipelineError) -> ImageFormat {
    // A device such as /dev/null has no say in it.
    guard case .file(let path) = target, FileKind(path) != .stream else { return wanted ?? .png }
    let ending = name(of: path).lastIndex(of: ".").flatMap {
      ImageFormat(pathExtension: String(name(of: path)[$0...].dropFirst()))
    }
    if let wanted, let ending, wanted != ending {
      // PNM is the name for all three.
      if wanted == .pnm, [.pbm, .pgm, .ppm].contains(ending) { return ending }
      throw .request(
        "-o \(path): its ending says \(ending.name), --format says \(wanted.name)",
        hint: "leave out --format, or end the name with .\(wanted.extensions[0])")
    }
    guard let format = wanted ?? ending else {
      let known = ImageFormat.allCases.map { $0.extensions[0] }.joined(separator: ", ")
      throw .request(
        "-o \(printable(path)): its ending names no picture format; expected one of \(known)",
        hint: "end it with .png, or name the format with --format")
    }
    return format
  }

  private static func checkDistinct(
    _ destinations: [Destination], inputs: [String]
  ) throws(PipelineError) {
    var owners: [PlannedFile: Int] = [:]
    var folders: [Substring: FileIdentity?] = [:]
    for (i, destination) in destinations.enumerated() {
      guard case .file(let path) = destination else { continue }
      let folder = folder(of: path)
      let identity = folders[folder] ?? FileIdentity(folder.isEmpty ? "." : String(folder))
      folders[folder] = identity
      let place = PlannedFile(
        folder: identity, path: Array((identity == nil ? path[...] : name(of: path)).utf8))
      guard let first = owners.updateValue(i, forKey: place) else { continue }
      if inputs[first] == inputs[i] {
        throw .request("\(printable(inputs[i])) is named twice", hint: "name each picture once")
      }
      throw .request(
        "\(printable(inputs[first])) and \(printable(inputs[i])) would both become "
          + printable(path),
        hint: "filter them in two runs, into two folders")
    }
  }
}

/// A file that is to be: two paths that lead to one folder, links included, are one place.
private struct PlannedFile: Hashable {
  /// Nil where the folder is not there yet.
  let folder: FileIdentity?
  /// The bytes of the name in the folder, or of the whole path: what Unicode calls equal may be two
  /// files.
  let path: [UInt8]
}

// Names inside paths.
extension OutputPlan {
  /// Everything up to and with the last `/`.
  static func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
  }

  static func name(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] }
      ?? path[...]
  }

  /// The name without its extension: `lane` for `photos/lane.jpg`, `.hidden` for itself.
  static func stem(of path: String) -> Substring {
    let name = name(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
      return name
    }
    return name[..<dot]
  }

}

extension OutputPlan {
  /// The folder for what is made of each picture: `<stem>.<suffix>` beside it or in a given folder, or
  /// for a single picture the given folder itself.
  public static func folders(
    for inputs: [String], in target: String?, isBatch: Bool, suffix: String
  ) throws(PipelineError) -> [String: String] {
    if inputs.count == 1, !isBatch, let target { return [inputs[0]: target] }
    var folders: [String: String] = [:]
    var owners: [String: String] = [:]
    for input in inputs {
      let name = "\(input == "-" ? "stdin" : stem(of: input)).\(suffix)"
      let folder =
        target.map { path(name, in: $0) } ?? (input == "-" ? "" : self.folder(of: input)) + name
      if let first = owners.updateValue(input, forKey: folder) {
        throw .request(
          "\(printable(first)) and \(printable(input)) would both become \(printable(folder))",
          hint: "name each picture once, or work in two runs")
      }
      folders[input] = folder
    }
    return folders
  }

  /// Throws where a file is in the way of a folder.
  public static func requireFolder(_ path: String) throws(PipelineError) {
    guard FileKind(path) == nil || Folder.exists(path) else {
      throw .request(
        "-o \(printable(path)) is a file; expected a folder", hint: "name another folder")
    }
  }

  /// The path of a name in a folder, which may end in `/`.
  public static func path(_ name: String, in folder: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The folder for what is made of a file: its stem and a suffix, beside it.
  public static func besides(_ path: String, suffix: String) -> String {
    "\(folder(of: path))\(stem(of: path)).\(suffix)"
  }
}

extension OutputPlan.Destination {
  /// The raw responses' file beside a picture's: the same name with `.npy`.
  ///
  /// - Throws: `request` where the picture goes into a stream, or has that name itself.
  public func responsesPath() throws(PipelineError) -> String {
    guard case .file(let path) = self, FileKind(path) != .stream else {
      throw .request(
        "--npy needs a file beside which to write, and \(printable(name)) is none",
        hint: "name a file with -o")
    }
    let responses = "\(OutputPlan.folder(of: path))\(OutputPlan.stem(of: path)).npy"
    if responses == path {
      throw .request(
        "the picture and its responses would both become \(printable(path))",
        hint: "name the picture with another ending, such as .png")
    }
    return responses
  }
}
