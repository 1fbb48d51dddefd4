/// A pickled `torch.nn.Module`: its class, its settings, its tensors, and the modules within.
struct TorchModule {
  /// The full name of the class: `torch.nn.modules.conv.Conv2d`.
  let className: String
  /// What the object holds beside tensors and modules.
  let settings: [String: Pickle.Reference]
  /// Parameters and buffers by their names.
  let tensors: [(name: String, value: Pickle.Reference)]
  let children: [Child]

  struct Child {
    let name: String
    let module: TorchModule
  }

  /// How deep modules may nest, and how many there may be: each takes several values of its own, unless it
  /// is shared, as few are.
  private static let deepest = 64
  private static func most(in pickle: Pickle) -> Int { min(100_000, pickle.nodes.count) }

  /// The module at `reference`; nil where there is something else.
  init?(_ reference: Pickle.Reference, in pickle: Pickle) throws(CheckpointError) {
    var budget = Self.most(in: pickle)
    try self.init(reference, in: pickle, depth: 0, budget: &budget)
  }

  private init?(
    _ reference: Pickle.Reference, in pickle: Pickle, depth: Int, budget: inout Int
  ) throws(CheckpointError) {
    guard let object = pickle.object(reference), let state = object.state,
      let members = pickle.namedMembers(state),
      let modules = members.first(where: { $0.0 == "_modules" })
    else { return nil }
    budget -= 1
    guard depth < Self.deepest, budget > 0 else {
      throw .tooLarge(
        part: "modules within modules",
        found: depth < Self.deepest ? Self.most(in: pickle) + 1 : depth + 1,
        limit: depth < Self.deepest ? Self.most(in: pickle) : Self.deepest)
    }
    className = object.constructor
    settings = Dictionary(members, uniquingKeysWith: { $1 })
    tensors = ["_parameters", "_buffers"].flatMap { kind in
      let values = members.last { $0.0 == kind }.flatMap { pickle.namedMembers($0.1) } ?? []
      return values.map { (name: $0.0, value: $0.1) }
    }
    var children: [Child] = []
    for (name, value) in pickle.namedMembers(modules.1) ?? [] {
      if case .none = pickle[value] { continue }
      guard
        let module = try TorchModule(value, in: pickle, depth: depth + 1, budget: &budget)
      else {
        throw .corrupt(
          part: "module '\(name)'", offset: nil, expected: "a torch.nn module",
          found: "another value")
      }
      children.append(Child(name: name, module: module))
    }
    self.children = children
  }

  /// All tensors with the names that `state_dict()` gives them.
  func stateDict(prefix: String = "") -> [(name: String, value: Pickle.Reference)] {
    tensors.map { (name: prefix + $0.name, value: $0.value) }
      + children.flatMap { $0.module.stateDict(prefix: prefix + $0.name + ".") }
  }
}
