internal import VizImage
public import VizNN

/// Which layers of a network are meant, in words that a user writes.
///
/// A word is tried as these, and the first that finds something counts:
/// 1. a layer's name: `conv1`;
/// 2. its place in the list of layers, counted from 1: `3` (a name that is a number goes first);
/// 3. a pattern of names, where `*` stands for any text and `?` for one character: `layer?.0.*`;
/// 4. the part of a network that holds layers: `layer4` is all that is called `layer4.…`;
/// 5. a kind or a pattern of kinds, in small letters or large: `Conv2d`, `*pool2d`;
/// 6. a pattern of names in other letters, small or large.
///
/// Several words mean all that they find, in the order of the network and each layer once.
public struct LayerSelection: Equatable, Sendable {
  /// nil for what is worth looking at.
  let patterns: [String]?

  /// The layers that the words mean; one that holds commas is several.
  public init(_ patterns: [String]) {
    self.patterns = patterns.flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private init(patterns: [String]?) { self.patterns = patterns }

  /// Every layer with something to see.
  ///
  /// These are all but those that move numbers or leave them as they are (Flatten, Dropout, Identity,
  /// Reshape, Slice, Pad …), and constants. What makes an output is always among them.
  public static let standard = LayerSelection(patterns: nil)

  /// The layers of a network that are meant.
  ///
  /// - Throws: `MethodError.noLayer` for a word that means none.
  public func layers(of architecture: Architecture) throws(MethodError) -> [SelectedLayer] {
    let layers = architecture.nodes.enumerated().map { SelectedLayer(position: $0 + 1, node: $1) }
    guard let patterns else {
      let outputs = Set(architecture.outputs.map(\.value))
      return layers.filter {
        LayerRole($0.node.layer) != .arrangement || !outputs.isDisjoint(with: $0.node.values)
      }
    }
    var chosen: Set<Int> = []
    for pattern in patterns { chosen.formUnion(try Self.positions(of: pattern, in: layers)) }
    return layers.filter { chosen.contains($0.position) }
  }

  private static func positions(
    of pattern: String, in layers: [SelectedLayer]
  ) throws(MethodError) -> [Int] {
    let glob = Glob(pattern)
    let kinds = Glob(pattern.lowercased())
    let rules: [(SelectedLayer) -> Bool] = [
      { $0.name == pattern },
      { String($0.position) == pattern },
      { glob.matches($0.name) },
      { $0.name.hasPrefix(pattern + ".") || $0.name.hasPrefix(pattern + "/") },
      { kinds.matches($0.type.lowercased()) },
      { kinds.matches($0.name.lowercased()) },
    ]
    for rule in rules {
      let found = layers.filter(rule)
      if !found.isEmpty { return found.map(\.position) }
    }
    let names = layers.map(\.name)
    let types = Set(layers.map(\.type)).sorted()
    throw .noLayer(
      pattern: pattern, suggestion: suggestion(for: pattern, among: names + types), names: names)
  }
}

/// A layer and its place in the network.
public struct SelectedLayer: Sendable {
  /// Counted from 1, as lists of layers are.
  public let position: Int
  public let node: Architecture.Node

  public var name: String { node.name }
  /// PyTorch's class.
  public var type: String { node.layer.typeName }
}

/// A text in which `*` stands for any characters and `?` for one.
struct Glob {
  private let pattern: [Character]

  init(_ pattern: String) { self.pattern = Array(pattern) }

  /// Compares from the left; where the texts part, the last star takes one more character.
  ///
  /// The time grows with the product of both lengths, whatever the pattern.
  func matches(_ text: String) -> Bool {
    let text = Array(text)
    var (p, t) = (0, 0)
    var retry: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        retry = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        (p, t) = (p + 1, t + 1)
      } else if let last = retry {
        retry = (last.p, last.t + 1)
        (p, t) = (last.p + 1, last.t + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
