internal import Foundation
internal import VizCheckpoint
internal import VizImage
internal import VizNN

/// Times networks beside other libraries, which a script asks: torch, onnxruntime, OpenCV.
///
/// All of them have their turn several times, as a machine that others use may be slower for a part of a second, or for some.
struct NetworkBench {
  let options: BenchOptions

  private struct Question: Encodable {
    let onnx: String
    let weights: String
    let torchvision: String?
    let stride: Int
    let padding: Int
    let groups: Int
    let jobs: Int
    let source: String
    let shape: [Int]
    let result: String
    let resultShape: [Int]
    let turn = NetworkBench.turn
  }

  private struct Answer: Decodable {
    /// Of some runs, by library; what it cannot run is left out.
    let milliseconds: [String: [Double]]
    /// The greatest difference from our result over the greatest number of it, where it was asked for.
    let differences: [String: Double]
  }

  private static let turns = 10
  private static let turn = Measurement.Turn(seconds: 0.03, runs: 1)

  private static let libraries = ["torch", "onnxruntime", "opencv"]
  /// Float32 sums of thousands of products in another order.
  private static let tolerance = 1e-4

  func run() throws {
    let peer = try options.peer.map { try PeerProcess(command: $0) }
    print(
      "vizcnn with \(Engine.instructionSet); medians in milliseconds\(peer.map { " beside " + $0.version } ?? "");"
        + "\n× is the time of the fastest other over vizcnn's\n")
    let columns = ["vizcnn"] + (peer == nil ? [] : Self.libraries) + ["×", "GFLOP/s"]
    print(
      "case".padded(26) + "jobs" + columns.map { $0.padded(12, right: true) }.joined())
    var ratios: [Double] = []
    for jobs in options.jobs {
      for networkCase in try NetworkCase.all() where options.picks(networkCase.name) {
        let times = try measure(networkCase, jobs: jobs, peer)
        let others = Self.libraries.compactMap { times.others[$0] }
        let ratio = others.min().map { $0 / times.vizcnn }
        if let ratio { ratios.append(ratio) }
        let cells =
          [times.vizcnn.fixed(3)]
          + (peer == nil ? [] : Self.libraries.map { times.others[$0]?.fixed(3) ?? "–" })
          + [ratio?.fixed(2) ?? "–", (times.operations / times.vizcnn / 1e6).fixed(1)]
        print(
          networkCase.name.padded(26) + "\(jobs)".padded(4, right: true)
            + cells.map { $0.padded(12, right: true) }.joined())
      }
    }
    guard !ratios.isEmpty else { return }
    print("\ngeometric mean over \(ratios.count) of them \(Main.geometricMean(ratios).fixed(2))×")
  }

  private struct Times {
    let vizcnn: Double
    let others: [String: Double]
    /// Multiplications and additions.
    let operations: Double
  }

  private func measure(
    _ networkCase: NetworkCase, jobs: Int, _ peer: PeerProcess?
  ) throws -> Times {
    let network = try networkCase.network()
    let prepared = try PreparedNetwork(network)
    let (input, context) = (networkCase.input(), ForwardContext(jobs: jobs))
    let architecture = networkCase.architecture
    let name = architecture.inputs[0].name
    var result = try prepared.forward([name: input], context: context)
    var (times, others) = ([Double](), [String: [Double]]())
    for turn in 0..<Self.turns {
      times += try Measurement.milliseconds(Self.turn) {
        result = try prepared.forward([name: input], context: context)
      }
      guard let peer, let output = result.outputs[architecture.outputs[0].name] else { continue }
      let answer: Answer =
        try turn == 0
        ? ask(peer, networkCase, network, input, output, jobs) : peer.ask(["turn": Self.turn])
      for (library, difference) in answer.differences {
        guard difference <= Self.tolerance else {
          throw PeerProcess.Failure.disagrees(
            "\(networkCase.name): \(library) is \(difference) apart")
        }
      }
      others.merge(answer.milliseconds, uniquingKeysWith: +)
    }
    let summary = try architecture.summary(for: [name: networkCase.shape])
    return Times(
      vizcnn: Measurement.median(of: times), others: others.mapValues(Measurement.median(of:)),
      operations: 2 * Double(summary.multiplyAdds))
  }

  private func ask(
    _ peer: PeerProcess, _ networkCase: NetworkCase, _ network: Network, _ input: Tensor,
    _ output: Tensor, _ jobs: Int
  ) throws -> Answer {
    func file(_ tensor: Tensor, _ name: String) throws -> String {
      try peer.write(tensor.values.withUnsafeBytes { Data($0) }, named: name)
    }
    let checkpoint = Checkpoint(network: network)
    return try peer.ask(
      Question(
        onnx: try peer.write(Data(try checkpoint.encoded(as: .onnx)), named: "network.onnx"),
        weights: try peer.write(
          Data(try checkpoint.encoded(as: .safetensors)), named: "weights.safetensors"),
        torchvision: networkCase.torchvisionName, stride: networkCase.stride,
        padding: networkCase.padding, groups: networkCase.groups, jobs: jobs,
        source: try file(input, "source"), shape: networkCase.shape.dimensions,
        result: try file(output, "result"), resultShape: output.shape.dimensions))
  }
}
