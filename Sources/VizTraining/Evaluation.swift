internal import VizInput
public import VizNN

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How well a network does on pictures whose classes are known.
public struct Evaluation: Sendable {
  /// What was found of one picture.
  public struct Verdict: Equatable, Sendable {
    /// The picture's number.
    public let index: Int
    public let label: Int
    /// The class of the largest output; −1 where all are NaN.
    public let prediction: Int
    public let loss: Double
    /// Whether all outputs are finite numbers.
    public let isFinite: Bool
  }

  public let verdicts: [Verdict]
  public let classNames: [String]
  /// Whether the network's outputs are probabilities, whose logarithms the loss is of.
  public let judgesProbabilities: Bool

  /// The most pictures that go through the network at a time, and numbers of all its values for them.
  private static let mostPictures = 256
  private static let mostNumbers = 1 << 28

  /// Runs the network on the pictures of some numbers, or on all; `workers` threads make them ready.
  ///
  /// Without a `loss` it is the one that the last layer calls for; of probabilities the likelihood, where none counts
  /// for less than the smallest Float.
  public init(
    _ network: Network, _ loader: Loader, indices: [Int]? = nil, loss: Loss? = nil,
    context: ForwardContext = ForwardContext(), workers: Int = 0
  ) throws(TrainingError) {
    let architecture = network.architecture
    judgesProbabilities = loss == nil && architecture.givesProbabilities
    let objective = architecture.objective(judgesProbabilities ? .negativeLogLikelihood : loss)
    let indices = indices ?? Array(loader.data.labels.indices)
    let input = architecture.inputs[0].name
    classNames = loader.data.classNames
    var verdicts: [Verdict] = []
    do {
      let prepared = try PreparedNetwork(network)
      let batches = BatchQueue(
        loader, indices, size: try Self.batchSize(architecture, loader.input), workers: workers)
      for number in 0..<batches.count {
        let (part, batch) = (batches.indices(of: number), try batches.batch(number))
        let outputs = architecture.ordered(
          try prepared.forward([input: batch.inputs], context: context).outputs)
        guard outputs[0].shape == [part.count, classNames.count] else {
          throw TrainingError.unsuitable(
            expected: "\(classNames.count) outputs, one for each class of \(loader.data.source)",
            found: "outputs of \(outputs[0].shape)")
        }
        let scores = judgesProbabilities ? outputs[0].logarithms : outputs[0]
        // Others than scores and a picture of the input count for nothing.
        let judged =
          architecture.drawsInput && outputs[1].count == batch.inputs.count
          ? [scores, outputs[1]] : [scores]
        let losses = objective(judged, inputs: batch.inputs, labels: batch.labels).samples
        let (numbers, width) = (outputs[0].values, classNames.count)
        for n in part.indices {
          let outputs = numbers[n * width..<(n + 1) * width]
          verdicts.append(
            Verdict(
              index: part[n], label: batch.labels[n], prediction: outputs.largest,
              loss: losses[n], isFinite: outputs.allSatisfy(\.isFinite)))
        }
      }
    } catch let error as TrainingError {
      throw error
    } catch let error as NetworkError {
      throw .network(error)
    } catch let error as DatasetError {
      throw .data(error)
    } catch {
      preconditionFailure("\(error)")
    }
    self.verdicts = verdicts
  }

  /// As many pictures as memory holds with ease.
  private static func batchSize(
    _ architecture: Architecture, _ input: InputDescription
  ) throws(NetworkError) -> Int {
    let shape: Shape = [1, input.channels, input.height, input.width]
    let shapes = try architecture.shapes(for: [architecture.inputs[0].name: shape])
    let numbers = shapes.values.reduce(0) { $0 + $1.count }
    return max(1, min(mostPictures, mostNumbers / max(numbers, 1)))
  }

  public var count: Int { verdicts.count }

  /// The share of pictures whose largest output is that of their class.
  public var accuracy: Double {
    Double(verdicts.count { $0.label == $0.prediction }) / Double(max(count, 1))
  }

  public var loss: Double { verdicts.reduce(0) { $0 + $1.loss } / Double(max(count, 1)) }

  /// Pictures of class `row` that were taken for class `column`.
  public var confusion: [[Int]] {
    let none = [Int](repeating: 0, count: classNames.count)
    var table = [[Int]](repeating: none, count: classNames.count)
    for verdict in verdicts where verdict.prediction >= 0 {
      table[verdict.label][verdict.prediction] += 1
    }
    return table
  }

  /// Pictures that were taken for something else, those with the largest loss first: before all a loss that is NaN.
  public var mistakes: [Verdict] {
    func rank(_ verdict: Verdict) -> (Double, Double) {
      verdict.loss.isNaN ? (1, 0) : (0, verdict.loss)
    }
    return verdicts.filter { $0.label != $0.prediction }.sorted { a, b in
      let (first, second) = (rank(a), rank(b))
      return first == second ? a.index < b.index : first > second
    }
  }
}

extension Tensor {
  fileprivate var logarithms: Tensor {
    Tensor(shape: shape, values: values.map { log(max($0, Float.leastNonzeroMagnitude)) })
  }
}
