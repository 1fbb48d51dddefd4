public import VizCheckpoint
internal import VizFiles
internal import VizImage
public import VizInput
public import VizMethods
public import VizNN

/// A network, and how pictures become its input.
public struct PictureNetwork: Sendable {
  /// What messages call the network.
  public let name: String
  public let checkpoint: Checkpoint
  public var reader: PictureReader
  public var inversion: Inversion
  private let options: InputOptions
  /// nil where the network takes pictures of any size, and nothing says which.
  let description: InputDescription?

  /// - Throws: where the network reads no single picture.
  public init(
    _ checkpoint: Checkpoint, name: String, options: InputOptions = InputOptions(),
    inversion: Inversion = .automatic, reader: PictureReader = PictureReader()
  ) throws(PipelineError) {
    self.name = name
    self.checkpoint = checkpoint
    self.options = options
    self.reader = reader
    self.inversion = inversion
    let inputs = checkpoint.network.architecture.inputs
    guard inputs.count == 1, let only = inputs.first else {
      throw .method(file: name, .inputCount(names: inputs.map(\.name)))
    }
    do throws(InputError) {
      description = try options.description(checkpoint: checkpoint.input, inputShape: only.shape)
    } catch .unknownSize {
      description = nil
    } catch {
      throw .input(file: name, error)
    }
  }

  public var architecture: Architecture { checkpoint.network.architecture }
  /// What the network calls its input.
  public var inputName: String { architecture.inputs[0].name }

  /// A picture file as the network sees it; at its own size where nothing says another.
  public func picture(_ path: String) throws(PipelineError) -> PreparedInput {
    let image = try reader.read(path)
    do throws(InputError) {
      return try description(for: image).prepared(image, inversion: inversion)
    } catch {
      throw .input(file: PictureReader.name(of: path), error)
    }
  }

  private func description(for image: Image) throws(InputError) -> InputDescription {
    try description(of: InputSize(width: image.width, height: image.height))
  }

  /// How pictures become inputs; those of a size, where nothing says another.
  func description(of size: InputSize) throws(InputError) -> InputDescription {
    if let description { return description }
    var options = options
    options.size = size
    return try options.description(
      checkpoint: checkpoint.input, inputShape: architecture.inputs[0].shape)
  }
}

/// Classes for pictures.
public struct PictureClassifier: Sendable {
  public let network: PictureNetwork
  private let prepared: PreparedNetwork
  private let context: ForwardContext

  public init(_ network: PictureNetwork, jobs: Int? = nil) throws(PipelineError) {
    self.network = network
    context = ForwardContext(jobs: jobs)
    do throws(NetworkError) {
      prepared = try PreparedNetwork(network.checkpoint.network)
    } catch {
      throw .network(file: network.name, error)
    }
  }

  /// What the network says about a picture.
  ///
  /// - Throws: also where its output is not one number for each class.
  public func prediction(
    for path: String
  ) throws(PipelineError) -> (prediction: Prediction, input: PreparedInput) {
    let input = try network.picture(path)
    let outputs: [String: Tensor]
    do throws(NetworkError) {
      outputs = try prepared.forward([network.inputName: input.tensor], context: context).outputs
    } catch {
      throw .network(file: network.name, error)
    }
    let name = network.architecture.outputs[0].name
    guard let output = outputs[name],
      let prediction = Prediction(
        output: output, of: network.architecture, classNames: network.checkpoint.classNames)
    else {
      throw .request(
        "\(printable(network.name)): its output of \(outputs[name]?.shape ?? []) is no list of classes",
        hint: "vizcnn activations draws it, vizcnn run writes its numbers")
    }
    return (prediction, input)
  }
}
