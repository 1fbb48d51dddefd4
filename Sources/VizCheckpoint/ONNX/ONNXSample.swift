internal import VizNN

/// The shapes that a network is exported for.
///
/// Some layers become other operators for other shapes: an adaptive pooling has windows that depend on
/// what it pools. A length that the network leaves open stays open in the model only where another value
/// gives the same operators.
struct ONNXSample {
  /// The shape of every value.
  let shapes: [String: Shape]
  private let isBatchOpen: Bool
  private let areOthersOpen: Bool
  /// What else than the batch the network leaves open and the model cannot: the input and its lengths.
  let closed: [(input: String, shape: [Int])]

  /// Heights and widths that are tried where nothing says one: those of the well-known data sets, then
  /// all.
  private static let usualSizes = [224, 256, 32, 28, 64, 96, 128] + Array(1...512)

  init(_ architecture: Architecture, size: (height: Int, width: Int)?) throws(CheckpointError) {
    let sizes = (size.map { [$0] } ?? []) + Self.usualSizes.map { (height: $0, width: $0) }
    let isFixed = architecture.sampleShapes() != nil
    var found: (size: (height: Int, width: Int), shapes: [String: Shape])?
    var failure: NetworkError?
    for size in isFixed ? Array(sizes.prefix(1)) : sizes {
      do {
        found = (size, try architecture.shapes(for: Self.given(architecture, 1, size)))
        break
      } catch {
        failure = failure ?? error
      }
    }
    guard let found else {
      throw .network(failure ?? .missingInput(name: "", expected: []))
    }
    shapes = found.shapes
    var expected: [[ONNXNode]] = []
    for node in architecture.nodes { expected.append(try Self.nodes(node, found.shapes)) }
    func isSame(_ batch: Int, _ size: (height: Int, width: Int)) -> Bool {
      guard let others = try? architecture.shapes(for: Self.given(architecture, batch, size)) else {
        return false
      }
      for (node, a) in zip(architecture.nodes, expected) {
        // A layer that ONNX has at one size it may not have at another.
        guard let b = try? Self.nodes(node, others) else { return false }
        let same =
          a.count == b.count
          && zip(a, b).allSatisfy { a, b in
            a.operation == b.operation && a.inputs == b.inputs && a.attributes == b.attributes
              && a.makes == b.makes
          }
        if !same { return false }
      }
      return true
    }
    isBatchOpen = isSame(2, found.size)
    let areOthersOpen = !isFixed && isSame(1, (2 * found.size.height, 3 * found.size.width))
    self.areOthersOpen = areOthersOpen
    closed =
      isFixed || areOthersOpen
      ? []
      : architecture.inputs.filter { $0.shape.dropFirst().contains(nil) }.map { input in
        (input.name, Array(found.shapes[input.name]?.dimensions.dropFirst() ?? []))
      }
  }

  /// Shapes of the inputs.
  private static func given(
    _ architecture: Architecture, _ batch: Int, _ size: (height: Int, width: Int)
  ) -> [String: Shape] {
    var given: [String: Shape] = [:]
    for input in architecture.inputs {
      let last = input.shape.count - 1
      given[input.name] = Shape(
        input.shape.enumerated().map { i, length in
          length ?? (i == 0 ? batch : i == last ? size.width : size.height)
        })
    }
    return given
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

  /// An input's lengths in the model; nil for those that are open.
  func declared(_ input: Architecture.Input) -> [Int?] {
    input.shape.enumerated().map { i, length in
      let isOpen = length == nil && (i == 0 ? isBatchOpen : areOthersOpen)
      return isOpen ? nil : shapes[input.name]?[i]
    }
  }

  /// An output's lengths: open ones of the inputs may be anywhere but in the channels.
  func declaredOutput(_ value: String) -> [Int?] {
    (shapes[value]?.dimensions ?? []).enumerated().map { i, length in
      i == 0 && isBatchOpen || i > 1 && areOthersOpen ? nil : length
    }
  }
}
