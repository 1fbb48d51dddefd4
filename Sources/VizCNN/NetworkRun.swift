internal import VizCheckpoint
internal import VizFiles
internal import VizMethods
public import VizNN

/// A network on tensors as they are, without pictures.
public struct NetworkRun: Sendable {
  /// What messages call the network.
  public let name: String
  public let network: Network
  public var jobs: Int?

  public init(_ network: Network, name: String, jobs: Int? = nil) {
    self.network = network
    self.name = name
    self.jobs = jobs
  }

  /// Which tensor each input gets: by the name in front of the file's (`x=x.npy`), else by the name in
  /// the file, else the inputs that are left in their order.
  ///
  /// A tensor that lacks the batch's dimension gets one of length 1.
  public func inputs(
    _ given: [(name: String?, file: TensorFile)]
  ) throws(PipelineError) -> [String: Tensor] {
    let inputs = network.architecture.inputs
    var tensors: [String: Tensor] = [:]
    var unnamed: [Tensor] = []
    for (name, file) in given {
      let known = file.name.flatMap { name in inputs.first { $0.name == name }?.name }
      guard let name = name ?? known else {
        unnamed.append(file.tensor)
        continue
      }
      guard let input = inputs.first(where: { $0.name == name }) else {
        throw .network(
          file: self.name, .unexpectedInput(name: name, expected: inputs.map(\.name)))
      }
      guard tensors.updateValue(Self.batched(file.tensor, for: input), forKey: name) == nil else {
        throw .request("input '\(printable(name))' is given twice", hint: nil)
      }
    }
    let open = inputs.filter { tensors[$0.name] == nil }
    guard unnamed.count <= open.count else {
      throw .request(
        "\(given.count) tensors for \(inputs.count) input\(inputs.count == 1 ? "" : "s"): "
          + inputs.map { printable($0.name) }.joined(separator: ", "), hint: nil)
    }
    for (input, tensor) in zip(open, unnamed) {
      tensors[input.name] = Self.batched(tensor, for: input)
    }
    return tensors
  }

  private static func batched(_ tensor: Tensor, for input: Architecture.Input) -> Tensor {
    tensor.shape.rank == input.shape.count - 1
      ? tensor.reshaped(to: Shape([1] + tensor.shape.dimensions)) : tensor
  }

  /// The values that words mean: their names, or layers as `LayerSelection` reads them.
  public func values(_ words: [String]) throws(PipelineError) -> [String] {
    let known = Set(network.architecture.nodes.flatMap(\.values))
    var values: [String] = []
    for word in words.flatMap({ $0.split(separator: ",").map(String.init) }) {
      if known.contains(word) {
        values.append(word)
        continue
      }
      do throws(MethodError) {
        values += try LayerSelection([word]).layers(of: network.architecture).map(\.name)
      } catch {
        throw .method(file: name, error)
      }
    }
    return values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The outputs, and the values that are asked for, by name.
  public func forward(
    _ inputs: [String: Tensor], capturing: [String] = []
  ) throws(PipelineError) -> [(name: String, tensor: Tensor)] {
    do throws(NetworkError) {
      let trace = try network.forward(
        inputs, capturing: Set(capturing), context: ForwardContext(jobs: jobs))
      let outputs = network.architecture.outputs.map(\.name)
      return outputs.compactMap { name in trace.outputs[name].map { (name, $0) } }
        + capturing.filter { !outputs.contains($0) }
        .compactMap { name in trace.captured[name].map { (name, $0) } }
    } catch {
      throw .network(file: name, error)
    }
  }

  /// The names of the files for some values: `/` and what else a name of a file cannot have becomes `_`,
  /// and names that would be one get a number.
  public static func fileNames(for values: [String]) -> [String] {
    FileName.distinct(values, ending: ".npy")
  }
}
