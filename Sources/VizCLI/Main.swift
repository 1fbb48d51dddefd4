internal import ArgumentParser
internal import Glibc
internal import VizCNN

/// The only place that ends the process.
@main enum Main {
  static func main() {
    StandardStreams.reserve()
    ProcessSignals.ignoreWriteSignals()
    ProcessSignals.removeTemporariesWhenInterrupted()
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func run(_ arguments: [String]) -> ExitStatus {
    let console = Console(arguments: arguments)
    do {
      try checkInstructionSet()
      try Misreadings.check(arguments)
      let (words, pictures) = PictureWords.split(StepRewriter.rewrite(arguments))
      var command = try VizCommand.parseAsRoot(words)
      if var batch = command as? any PictureCommand {
        batch.image += pictures
        command = batch
      }
      try command.run()
      return .success
    } catch let error as PipelineError {
      console.report(error)
      return error.status
    } catch let error as FileError {
      console.report(.file(error))
      return PipelineError.file(error).status
    } catch let error as ImageError {
      console.error(error.description, hint: nil)
      return .usage
    } catch {
      return finish(error, arguments, console)
    }
  }

  /// What ArgumentParser throws: help, scripts and mistakes of the caller.
  private static func finish(
    _ error: any Error, _ arguments: [String], _ console: Console
  ) -> ExitStatus {
    let code = VizCommand.exitCode(for: error)
    if code == .success {
      do throws(FileError) {
        try StandardOutput.write(VizCommand.fullMessage(for: error) + "\n")
      } catch {
        console.report(.file(error))
        return PipelineError.file(error).status
      }
      return .success
    }
    if let code = error as? ExitCode {
      return ExitStatus(rawValue: code.rawValue) ?? .internal
    }
    let verbs = Misreadings.verbs(of: arguments).map { $0 + " " }.joined()
    let unknown =
      code == .validationFailure
      ? UnknownOptions.message(in: StepRewriter.rewrite(arguments)) : nil
    console.misuse(
      unknown ?? VizCommand.message(for: error),
      hint: "vizcnn \(verbs)--help shows how it is written")
    return code == .validationFailure ? .usage : .internal
  }

  /// A forced instruction set that is not there would silently be another one.
  private static func checkInstructionSet() throws(PipelineError) {
    guard let value = unsafe getenv("VIZCNN_ISA") else { return }
    let wanted = unsafe String(cString: value)
    let usable = Engine.usableInstructionSets
    guard wanted.isEmpty || usable.contains(wanted) else {
      throw .request(
        "VIZCNN_ISA=\(wanted): this machine has \(usable.joined(separator: ", "))"
          + suggestion(for: wanted, among: usable),
        hint: "unset VIZCNN_ISA to have the best one chosen")
    }
  }
}
