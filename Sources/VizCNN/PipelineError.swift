public import VizCheckpoint
public import VizFiles
public import VizImage
public import VizInput
public import VizMethods
public import VizNN
public import VizTraining

/// What can go wrong between files, with the file's name.
public enum PipelineError: Error, Sendable {
  case file(FileError)
  case image(file: String, ImageError)
  /// A kernel's text; `source` is the file's name, or the option where the text was given.
  case kernel(source: String, isFile: Bool, text: String, KernelSyntaxError)
  case numpy(file: String, NumPyError)
  case checkpoint(file: String, CheckpointError)
  /// A checkpoint of a stored run, where there is a way without it.
  case storedRun(file: String, CheckpointError, wayOut: String)
  /// A network that cannot work with what it is given.
  case network(file: String, NetworkError)
  /// A picture that cannot become what a network reads.
  case input(file: String, InputError)
  /// A question that the network in a file has no answer to.
  case method(file: String, MethodError)
  /// Data to learn from, or a network that cannot learn from them.
  case training(TrainingError)
  /// A file that is to be made where there is no folder for it.
  case noFolder(String, file: String)
  /// A new run that would replace what another has learned.
  case earlierRun(file: String)
  /// A request that makes no sense, whatever the files hold.
  case request(String, hint: String?)
}

/// The numbers that a process ends with.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case success = 0
  /// Some of several inputs failed.
  case partial = 1
  case usage = 2
  case unreadable = 3
  case corrupt = 4
  case wouldOverwrite = 5
  case limit = 6
  case writeFailed = 7
  /// A result that contradicts its proof.
  case `internal` = 70
  case interrupted = 130
  /// Nobody reads the output any more.
  case brokenPipe = 141
}

extension PipelineError {
  public var status: ExitStatus {
    switch self {
    case .file(let error) where error.isBrokenPipe: .brokenPipe
    case .file(let error): ExitStatus(rawValue: error.category.exitCode) ?? .internal
    case .image(_, let error): error.status
    case .kernel(_, let isFile, _, _): isFile ? .corrupt : .usage
    case .numpy: .corrupt
    case .checkpoint(_, let error), .storedRun(_, let error, _): error.status
    case .network(_, let error), .method(_, .network(let error)): error.status
    case .training(let error): error.status
    case .input(_, .tooLarge): .limit
    case .noFolder: .writeFailed
    case .earlierRun: .wouldOverwrite
    case .input, .method, .request: .usage
    }
  }

  /// What was found and what was expected, behind the name of the file.
  public var message: String {
    switch self {
    case .file(let error): error.description
    case .image(let file, let error): "\(printable(file)): \(error)"
    case .kernel(let source, _, let text, let error): Self.describe(printable(source), text, error)
    case .numpy(let file, let error): "\(printable(file)): \(error)"
    case .checkpoint(_, .file(let error)), .storedRun(_, .file(let error), _): error.description
    case .checkpoint(let file, let error), .storedRun(let file, let error, _):
      "\(printable(file)): \(error)"
    case .network(let file, let error): "\(printable(file)): \(error)"
    case .input(let file, let error): "\(printable(file)): \(error)"
    case .method(let file, let error): "\(printable(file)): \(error)"
    case .training(let error): "\(error)"
    case .noFolder(let folder, let file):
      "\(printable(file)): cannot be written: there is no folder \(printable(folder))"
    case .earlierRun(let file): "\(printable(file)): exists, and a new run would replace it"
    case .request(let message, _): message
    }
  }

  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .file(let error): error.hint
    case .image(_, let error): error.hint
    case .kernel(_, isFile: false, let text, _) where FileKind(text) == .file:
      "\(text) is a file; @\(text) reads it"
    case .kernel(_, isFile: false, let text, _)
    where FilterRegistry.all.contains { $0.name == text }:
      "\(text) is a preset; --\(text) applies it"
    case .kernel:
      "a kernel is written as 3x3: 0,-1,0, -1,5,-1, 0,-1,0 or as rows of numbers; "
        + "@FILE reads it from a .mat, .csv, .txt or .npy file"
    case .numpy(_, .unsupported): nil  // the message says what is
    case .numpy: "expected an array of numbers, saved with numpy.save"
    case .checkpoint(let file, .network(.parameters)) where file.lowercased().hasSuffix(".net"):
      "the text has no weights; name their file, and the text with --net"
    case .checkpoint(_, let error): error.hint
    case .storedRun(_, _, let wayOut): wayOut
    case .input(_, let error): error.hint
    case .training(let error): error.hint
    case .network, .method: nil
    case .noFolder(let folder, _): "mkdir -p \(printable(folder)) makes it"
    case .earlierRun: "name another output, go on with --resume, or begin anew with --force"
    case .request(_, let hint): hint
    }
  }

  /// `k.mat, line 3, column 5: …`, the line itself and a caret below the place.
  private static func describe(
    _ source: String, _ text: String, _ error: KernelSyntaxError
  ) -> String {
    guard let line = error.line, let column = error.column else {
      return "\(source): \(error.message)"
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var message = "\(source), line \(line), column \(column): \(error.message)"
    guard lines.indices.contains(line - 1) else { return message }
    // A long line is shown around the place.
    let scalars = lines[line - 1].unicodeScalars.map { $0.value < 32 ? " " : $0 }
    let start = max(0, min(column - 40, scalars.count - 70))
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: scalars[start..<min(scalars.count, start + 76)])
    message += "\n  \(String(shown))\n  "
    return message + String(repeating: " ", count: max(0, column - 1 - start)) + "^"
  }
}

extension CheckpointError {
  var status: ExitStatus {
    switch self {
    case .file(let error): ExitStatus(rawValue: error.category.exitCode) ?? .internal
    case .tooLarge: .limit
    case .netText(_, let error): error.status
    case .network(let error) where error.isLimit: .limit
    case .unknownNetworkName, .noStateDict(key: .some, _), .notRepresentable: .usage
    default: .corrupt
    }
  }
}

extension TrainingError {
  var status: ExitStatus {
    switch self {
    case .data(.unknownSource), .data(.unsuitable), .data(.oneClass),
      .data(.transform(_, .tooSmall)), .unsuitable,
      .otherRun, .otherData:
      .usage
    case .data(let error), .lostData(_, let error):
      ExitStatus(rawValue: error.category.exitCode) ?? .internal
    case .network(let error): error.status
    case .undefined, .diverged: .partial
    }
  }
}

extension NetworkError {
  /// Whether the input has another shape than the network says it reads.
  var isOfShape: Bool {
    if case .inputShape = self { true } else { false }
  }

  var status: ExitStatus {
    if isLimit { return .limit }
    return switch self {
    case .missingInput, .unexpectedInput, .unknownName, .inputShape, .node: .usage
    case .duplicateName, .unknownValue, .parameters: .corrupt
    }
  }
}

extension ImageError {
  var status: ExitStatus {
    switch self {
    case .unknownFormat, .corrupt, .unsupported: .corrupt
    case .tooLarge: .limit
    case .notRepresentable, .notApplicable, .invalidKernel, .invalidFilter: .usage
    }
  }

  var hint: String? {
    switch self {
    case .unknownFormat:
      "PNG, JPEG, WebP, TIFF, BMP, PNM, PAM, PFM, JPEG 2000, Radiance HDR and Sun raster can be "
        + "read; convert it to one of them, such as with ImageMagick: convert FILE picture.png"
    case .corrupt: "the file is damaged; fetch it again from where it came"
    case .unsupported:
      "convert it to PNG or TIFF, such as with ImageMagick: convert FILE picture.png"
    case .tooLarge(_, _, let limit) where limit.maximumPixels == Spectrum.maximumPixels:
      "a spectrum needs the whole picture at once; cut a part out of it, or scale it down, first"
    case .tooLarge(let width, let height, let limit):
      max(width, height) > limit.maximumSide ? nil : "--max-pixels N raises the limit"
    case .notRepresentable(_, detail: "colours"):
      "name an output that ends in .ppm or .png, or add --gray"
    case .notRepresentable: "name an output that ends in .png; transparency goes with --alpha drop"
    case .notApplicable(let reason):
      reason.contains("edge mode") ? "name another --edge; extend always works" : nil
    case .invalidKernel, .invalidFilter: nil
    }
  }
}
