internal import ArgumentParser
internal import VizCNN

/// One picture after the other: a bad one is told, and the rest goes on.
struct PictureBatch {
  let paths: [String]
  /// Whether several pictures were meant, also where a folder holds only one.
  let isBatch: Bool
  let messages: ConsoleOptions

  init(_ words: [String], messages: ConsoleOptions) throws {
    guard !words.isEmpty else {
      throw ValidationError("No picture is named; - is standard input.")
    }
    paths = try PictureList.files(words)
    if paths.count(where: { $0 == "-" }) > 1 {
      throw PipelineError.request("standard input (-) can be read once only", hint: nil)
    }
    isBatch = paths.count > 1 || paths != words
    self.messages = messages
  }

  /// - Throws: `ExitCode` where a picture failed; everything has been told by then.
  func run(_ body: (String) throws -> Void) throws {
    var progress = ProgressLine(count: paths.count, quiet: messages.quiet)
    var failures: [ExitStatus] = []
    for (i, path) in paths.enumerated() {
      do {
        try body(path)
      } catch let error as PipelineError {
        progress.clear()
        messages.console.report(error)
        failures.append(error.status)
      } catch let error as FileError {
        // Standard output: nobody would see the rest.
        progress.clear()
        throw PipelineError.file(error)
      }
      progress.clear()
      progress.show(done: i + 1)
    }
    progress.clear()
    guard let first = failures.first else { return }
    throw ExitCode((paths.count == 1 ? first : .partial).rawValue)
  }
}
