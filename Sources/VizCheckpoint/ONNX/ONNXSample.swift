internal import VizNN

/// The shapes that a network is exported for.
///
/// Some layers become other operators for other shapes: an adaptive pooling has windows that depend on
/// what it pools. A length that the network leaves open stays open in the model only where another value
/// gives the same operators.
struct ONNXSample {
  /// What open lengths are tried with.
  private struct Lengths {
    var batch = 1
    var channels = 3
    var height: Int
    var width: Int
  }

  /// The shape of every value.
  let shapes: [String: Shape]
  private let isBatchOpen: Bool
  private let areChannelsOpen: Bool
  private let areOthersOpen: Bool
  private let inputs: [Architecture.Input]

  /// Heights and widths that are tried where nothing says one: those of the well-known data sets, then
  /// all.
  private static let usualSizes = [224, 256, 32, 28, 64, 96, 128] + Array(1...512)

  init(_ architecture: Architecture, size: (height: Int, width: Int)?) throws(CheckpointError) {
    let sizes = (size.map { [$0] } ?? []) + Self.usualSizes.map { (height: $0, width: $0) }
    let isFixed = architecture.sampleShapes() != nil
    var trials = sizes.map { Lengths(height: $0.height, width: $0.width) }
    if architecture.inputs.contains(where: Self.hasOpenChannels) {
      trials += (1...512).map {
        Lengths(channels: $0, height: sizes[0].height, width: sizes[0].width)
      }
    }
    var found: (lengths: Lengths, shapes: [String: Shape])?
    var failure: NetworkError?
    for lengths in isFixed ? Array(trials.prefix(1)) : trials {
      do {
        found = (lengths, try architecture.shapes(for: Self.given(architecture, lengths)))
        break
      } catch {
        failure = failure ?? error
      }
    }
    guard let found else {
      throw .network(failure ?? .missingInput(name: "", expected: []))
    }
    shapes = found.shapes
    inputs = architecture.inputs
    var expected: [[ONNXNode]] = []
    for node in architecture.nodes { expected.append(try Self.nodes(node, found.shapes)) }
    func isSame(_ change: (inout Lengths) -> Void) -> Bool {
      var lengths = found.lengths
      change(&lengths)
      guard let others = try? architecture.shapes(for: Self.given(architecture, lengths)) else {
        return false
      }
      // A layer that ONNX has at one size it may not have at another.
      return zip(architecture.nodes, expected).allSatisfy { node, nodes in
        (try? Self.nodes(node, others)) == nodes
      }
    }
    isBatchOpen = isSame { $0.batch = 2 }
    areChannelsOpen = !isFixed && isSame { $0.channels += 1 }
    areOthersOpen =
      !isFixed
      && isSame { ($0.height, $0.width) = (2 * $0.height, 3 * $0.width) }
  }

  /// Shapes of the inputs.
  private static func given(
    _ architecture: Architecture, _ lengths: Lengths
  ) -> [String: Shape] {
    var given: [String: Shape] = [:]
    for input in architecture.inputs {
      let last = input.shape.count - 1
      given[input.name] = Shape(
        input.shape.enumerated().map { i, length in
          if let length { return length }
          if i == 0 { return lengths.batch }
          return isOfChannels(i, in: input)
            ? lengths.channels : i == last ? lengths.width : lengths.height
        })
    }
    return given
  }

  private static func isOfChannels(_ i: Int, in input: Architecture.Input) -> Bool {
    i == 1 && input.shape.count > 2
  }

  private static func hasOpenChannels(_ input: Architecture.Input) -> Bool {
    input.shape.indices.contains { isOfChannels($0, in: input) && input.shape[$0] == nil }
  }

  static func nodes(
    _ node: Architecture.Node, _ shapes: [String: Shape]
  ) throws(CheckpointError) -> [ONNXNode] {
    do {
      return try node.layer.onnxNodes(node.inputs.compactMap { shapes[$0] })
    } catch {
      throw .notRepresentable(
        format: "ONNX", detail: "node '\(node.name)' (\(node.layer.typeName)) \(error)")
    }
  }

  /// What has to be said of lengths that the model fixes and the network does not.
  var notes: [String] {
    inputs.compactMap { input in
      let declared = declared(input)
      let isClosed = input.shape.indices.dropFirst().contains {
        input.shape[$0] == nil && declared[$0] != nil
      }
      guard isClosed, let shape = shapes[input.name] else { return nil }
      let size = shape.dimensions.dropFirst().map(String.init).joined(separator: "x")
      return "the ONNX model is written for inputs of \(size), on which its operators depend; "
        + "--input-shape names another size"
    }
  }

  /// An input's lengths in the model; nil for those that are open.
  func declared(_ input: Architecture.Input) -> [Int?] {
    input.shape.enumerated().map { i, length in
      let isOpen =
        length == nil
        && (i == 0
          ? isBatchOpen : Self.isOfChannels(i, in: input) ? areChannelsOpen : areOthersOpen)
      return isOpen ? nil : shapes[input.name]?[i]
    }
  }

  /// An output's lengths: open ones of the inputs may be anywhere but in the channels, unless those are open.
  func declaredOutput(_ value: String) -> [Int?] {
    let hasOpenChannels = areChannelsOpen && inputs.contains(where: Self.hasOpenChannels)
    return (shapes[value]?.dimensions ?? []).enumerated().map { i, length in
      let isOpen = i == 0 ? isBatchOpen : areOthersOpen && i > 1 || hasOpenChannels
      return isOpen ? nil : length
    }
  }
}
