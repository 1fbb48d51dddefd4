internal import VizCheckpoint
internal import VizFiles
public import VizNN

/// A network beside the numbers that another program gave, as ONNX's test folders keep them:
/// `input_0.pb`, `input_1.pb` …, `output_0.pb` ….
public struct NetworkCheck: Sendable {
  /// One output.
  public struct Result: Sendable {
    public let name: String
    public let shape: Shape
    /// The largest |Δ|; NaN where only one of the two is a number.
    public let difference: Double
    /// max |expected|.
    public let magnitude: Double

    /// The difference in proportion to the largest number.
    public var relative: Double {
      difference == 0 ? 0 : difference / max(magnitude, .leastNormalMagnitude)
    }
  }

  public let results: [Result]

  /// Runs a network on a folder's inputs and compares with the folder's outputs.
  public init(_ run: NetworkRun, folder: String) throws(PipelineError) {
    guard FileKind(folder) != nil else { throw .file(.missing(path: folder)) }
    let inputs = try Self.files("input", in: folder)
    let outputs = try Self.files("output", in: folder)
    guard !outputs.isEmpty else {
      throw .request(
        "\(printable(folder)) holds no output_0.pb to compare with",
        hint: "name a folder such as test_data_set_0, with input_0.pb and output_0.pb in it")
    }
    let tensors = try run.inputs(inputs.map { (nil, $0) })
    let made = try run.forward(tensors)
    var results: [Result] = []
    for (i, output) in outputs.enumerated() {
      let named = made.first { $0.name == output.name }
      guard let found = named ?? (i < made.count ? made[i] : nil) else {
        throw .request(
          "\(printable(folder)) holds \(outputs.count) outputs; the network has \(made.count)",
          hint: nil)
      }
      guard found.tensor.shape == output.tensor.shape else {
        throw .request(
          "output '\(printable(found.name))' has shape \(found.tensor.shape); "
            + "\(printable(folder))/output_\(i).pb has \(output.tensor.shape)", hint: nil)
      }
      results.append(Result(found.name, found.tensor, expected: output.tensor))
    }
    self.results = results
  }

  private static func files(
    _ kind: String, in folder: String
  ) throws(PipelineError) -> [TensorFile] {
    var files: [TensorFile] = []
    while true {
      let path = "\(folder)/\(kind)_\(files.count).pb"
      guard FileKind(path) != nil else { return files }
      files.append(try TensorFile.read(path))
    }
  }
}

extension NetworkCheck.Result {
  init(_ name: String, _ found: Tensor, expected: Tensor) {
    self.name = name
    shape = found.shape
    var (difference, magnitude) = (0.0, 0.0)
    for (a, b) in zip(found.values, expected.values) where a != b && !(a.isNaN && b.isNaN) {
      let distance = abs(Double(a) - Double(b))
      difference = difference.isNaN || distance.isNaN ? .nan : max(difference, distance)
    }
    for value in expected.values where value.isFinite {
      magnitude = max(magnitude, Double(abs(value)))
    }
    (self.difference, self.magnitude) = (difference, magnitude)
  }

  /// Whether the two agree; `tolerance` is a share of the largest number.
  public func agrees(within tolerance: Double) -> Bool {
    difference <= tolerance * magnitude || difference == 0
  }
}
