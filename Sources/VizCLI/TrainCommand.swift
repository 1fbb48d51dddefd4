internal import ArgumentParser
internal import VizCNN

/// A network that learns from labelled pictures.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on labelled pictures.",
    usage: """
      vizcnn train [options] --data <data> --net <net> -o <file.ckpt>
      vizcnn train --resume <file.ckpt> [options]
      """,
    discussion: """
      Examples:
        vizcnn train --data mnist:mnist/ --net cnn -o digits.ckpt
        vizcnn train --data cifar10:cifar/ --net resnet20 -o cifar.ckpt \\
          --optimizer sgd --lr 0.1 --schedule cosine --epochs 30 \\
          --augment 'RandomCrop(32, padding=4), RandomHorizontalFlip()'
        vizcnn train --data mnist:mnist/ --net capsnet --small -o caps.ckpt
        vizcnn train --data folder:photos/ --net small.net -o photos.ckpt
        vizcnn train --resume photos.ckpt

      digits.ckpt is the network of the epoch with the smallest loss on pictures that are held \
      back; digits.last.ckpt the last one, with all that --resume needs to go on as if nothing had \
      happened, after ctrl-C or a crash; digits.metrics.jsonl has a line for every epoch, \
      digits.curves.png and .svg draw them. With --snapshots digits.kernels.png is the first \
      convolution's kernels before and after, and digits.kernels.apng an animation of at most \
      121 pictures in between, all by one scale of colours. --resume takes the name of either \
      checkpoint, and knows the data, the network and the options of the run; one that is given and \
      differs is refused, but --epochs may be more, except under a cosine, which ends with them. The \
      same seed gives the same numbers, whatever --jobs is. The test pictures are not touched: \
      vizcnn evaluate is for them.

      \(DataOptions.discussion)
      """)

  @OptionGroup(title: "Data") var data: TrainingDataOptions
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
      "Go on where the run with this checkpoint ended.", valueName: "file.ckpt"),
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
    if data.data == nil, resume == nil {
      throw ValidationError("No pictures are named; --data does it.")
    }
    if resume == nil { _ = try learning.options() }
    if small, net == nil || (try? Zoo.entry(named: (net ?? "") + "-small")) == nil {
      throw ValidationError("--small is for networks that have such a width: --net capsnet.")
    }
  }

  func run() throws {
    var run = try TrainingRun(plan())
    if !messages.quiet { run.warnings.forEach(messages.console.warn) }
    if run.trainer.isDone, !messages.quiet {
      let state = run.trainer.state
      messages.console.note(
        state.epoch < run.plan.options.epochs
          ? "--patience has ended the run after epoch \(state.epoch); a larger one goes on"
          : "the run has ended after epoch \(state.epoch)"
            + (run.plan.options.canBeLonger ? "; more --epochs make it longer" : ""))
    }
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

extension TrainCommand {
  /// What is said, over what the stored run is where one goes on.
  private func plan() throws -> TrainingPlan {
    let stored = try resume.map { try TrainingPlan(resuming: $0, jobs: work.jobs) }
    guard let data = try data.source() ?? stored?.data, let output = output ?? stored?.output else {
      throw ValidationError("Neither a new run is named nor one to go on with.")
    }
    return TrainingPlan(
      net: net.map { small ? $0 + "-small" : $0 }, data: data,
      options: try learning.options(over: stored?.options),
      augmentation: try augmentation.augmentation() ?? stored?.augmentation, output: output,
      resume: resume, snapshots: snapshots ?? stored?.snapshots,
      command: (["vizcnn"] + CommandLine.arguments.dropFirst()).map(shellWord)
        .joined(separator: " "),
      replacesForeignFiles: force, jobs: work.jobs, workers: loading.workers)
  }
}

/// Where pictures to test with are.
struct DataOptions: ParsableArguments {
  /// What help says about data, beside their kinds.
  static let discussion = """
    folder: has a folder of pictures for each class, or train/ and test/ with these in them; \
    csv: rows of path,label; cifar10: the binary batches, or cifar-10-binary.tar.gz. Where no \
    pictures are kept for tests, all serve for learning and for tests. Gray pictures among others \
    become colour ones; pictures of several sizes need --augment 'Resize(64), CenterCrop(64)' or \
    the like, which makes them equal.
    """

  /// What a command says where there is no part for tests.
  static let hasNoTest =
    "there are no pictures for tests alone: these are all, those to learn from among them"

  fileprivate static let help = ArgumentHelp(
    "The pictures: "
      + DataSource.Kind.allCases.map { "\($0.rawValue):\($0.place)" }.joined(separator: ", ")
      + ".", valueName: "kind:path")

  @Option(parsing: .unconditional, help: help) var data: String

  func source() throws -> DataSource { try Self.source(data) }

  fileprivate static func source(_ word: String) throws -> DataSource {
    do throws(DatasetError) {
      return try DataSource(word)
    } catch {
      throw PipelineError.training(.data(error))
    }
  }
}

/// Where pictures to learn from are; a run that goes on knows it.
struct TrainingDataOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: DataOptions.help) var data: String?

  func source() throws -> DataSource? { try data.map(DataOptions.source) }
}
