internal import ArgumentParser
internal import VizCNN

/// A network that learns from labelled pictures.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on labelled pictures.",
    usage: """
      vizcnn train [options] --data <data> --net <net> -o <file.ckpt>
      vizcnn train [options] --data <data> --resume <file.ckpt>
      """,
    discussion: """
      Examples:
        vizcnn train --data mnist:mnist/ --net cnn -o digits.ckpt
        vizcnn train --data cifar10:cifar/ --net resnet20 -o cifar.ckpt \\
          --optimizer sgd --lr 0.1 --schedule cosine --epochs 30 \\
          --augment 'RandomCrop(32, padding=4), RandomHorizontalFlip()'
        vizcnn train --data mnist:mnist/ --net capsnet --small -o caps.ckpt
        vizcnn train --data folder:photos/ --net small.net -o photos.ckpt
        vizcnn train --data mnist:mnist/ --resume digits.ckpt

      digits.ckpt is the network of the epoch with the smallest loss on pictures that are held \
      back; digits.last.ckpt the last one, with all that --resume needs to go on as if nothing had \
      happened, after ctrl-C or a crash; digits.metrics.jsonl has a line for every epoch, \
      digits.curves.png and .svg draw them. With --snapshots digits.kernels.png is the first \
      convolution's kernels before and after, and digits.kernels.apng an animation of at most \
      121 pictures in between, all by one scale of colours. --resume takes the name of either checkpoint, and the \
      options that the run was begun with; --epochs may be more. The same seed gives the same \
      numbers, whatever --jobs is. The test pictures are not touched: vizcnn evaluate is for them.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Data") var augmentation: AugmentationOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The layers: a .net file, or the name of a known network.", valueName: "file|name"),
    completion: .list(Zoo.all.map(\.name)))
  var net: String?

  @Flag(help: "The small width of the network, where it has one: capsnet.")
  var small = false

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The checkpoint to write; the same as before where a run goes on.", valueName: "file.ckpt"),
    completion: .file())
  var output: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Go on where the run with this checkpoint and these options ended.", valueName: "file.ckpt"),
    completion: .file())
  var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep the first convolution's kernels every so many steps, and draw how they grow.",
      valueName: "n"), transform: wholeNumber(in: 1...1_000_000_000))
  var snapshots: Int?

  @Flag(
    name: .shortAndLong,
    help: "Replace files that vizcnn did not write, and what an earlier run has learned.")
  var force = false
  @OptionGroup(title: "Learning") var learning: LearningOptions
  @OptionGroup(title: "Work") var work: JobOptions
  @OptionGroup(title: "Work") var loading: LoaderOptions
  @OptionGroup(title: "Messages") var messages: ConsoleOptions

  func validate() throws {
    if output?.isEmpty ?? false { throw ValidationError("-o needs a name.") }
    if resume?.isEmpty ?? false { throw ValidationError("--resume needs a name.") }
    if output == nil, resume == nil {
      throw ValidationError("No checkpoint is named to write; -o does it.")
    }
    if net == nil, resume == nil { throw ValidationError("No network is named; --net does it.") }
    if small, net == nil || (try? Zoo.entry(named: (net ?? "") + "-small")) == nil {
      throw ValidationError("--small is for networks that have such a width: --net capsnet.")
    }
  }

  func run() throws {
    var run = try TrainingRun(
      TrainingPlan(
        net: net.map { small ? $0 + "-small" : $0 }, data: try data.source(),
        options: learning.options, augmentation: try augmentation.augmentation(),
        output: output ?? TrainingFiles(of: resume ?? "").best, resume: resume,
        snapshots: snapshots,
        command: (["vizcnn"] + CommandLine.arguments.dropFirst()).map(shellWord)
          .joined(separator: " "),
        replacesForeignFiles: force, jobs: work.jobs, workers: loading.workers))
    ProcessSignals.noteFirstInterrupt()
    var line = TrainingLine(messages)
    let isDone = try run.run(isInterrupted: { ProcessSignals.wasInterrupted }) { event, trainer in
      line.show(event, trainer)
    }
    line.clear()
    guard isDone else {
      if !messages.quiet {
        messages.console.note(
          "interrupted; --resume \(printable(shellWord(run.files.best))) goes on")
      }
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    try StandardOutput.write(
      run.written.map { $0 + "\n" }.joined())
  }
}

/// Where pictures to learn from are.
struct DataOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The pictures: "
        + DataSource.Kind.allCases.map { "\($0.rawValue):\($0.place)" }.joined(separator: ", ")
        + ".", valueName: "kind:path"))
  var data: String

  func source() throws -> DataSource {
    do throws(DatasetError) {
      return try DataSource(data)
    } catch {
      throw PipelineError.training(.data(error))
    }
  }
}
