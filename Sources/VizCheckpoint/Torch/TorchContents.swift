/// What a PyTorch file holds, once it has been found in the dictionaries and lists around it.
struct TorchContents {
  private let tensors: TorchTensors
  private var pickle: Pickle { tensors.pickle }

  init(pickle: Pickle, storages: any TorchStorages) {
    tensors = TorchTensors(pickle: pickle, storages: storages)
  }

  /// A dictionary of tensors or a module, and the keys that lead to it.
  private struct Candidate {
    let path: [String]
    let reference: Pickle.Reference

    var key: String { path.joined(separator: ".") }
  }

  /// Keys under which models are saved, the most telling first.
  private static let usualKeys = [
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params",
  ]
  /// Keys under which there are tensors that are no weights.
  private static let otherKeys = ["optim", "scheduler", "callback", "loops", "scaler", "rng"]

  /// The weights under `key`, or those that are found without one; with a module also its tree.
  func weights(
    key: String?
  ) throws(CheckpointError) -> (tensors: [StoredTensor], module: TorchModule?) {
    if key == nil, let bare = try bareTensors() { return (bare, nil) }
    let candidate = try choose(key)
    if let module = try TorchModule(candidate.reference, in: pickle) {
      return (try stored(module.stateDict()), module)
    }
    let members = pickle.namedMembers(candidate.reference) ?? []
    return (try stored(members.map { (name: $0.0, value: $0.1) }), nil)
  }

  /// The tensors among named values; what is no tensor is left out, and arrays of NumPy are where there
  /// are tensors beside them.
  private func stored(
    _ members: [(name: String, value: Pickle.Reference)]
  ) throws(CheckpointError) -> [StoredTensor] {
    let areArrays = !members.contains { isTensor($0.value) }
    var stored: [StoredTensor] = []
    var places: [String: Int] = [:]
    for (name, value) in members {
      let found =
        areArrays
        ? try tensors.array(value, name: name) : try tensors.tensor(value, name: name)
      guard let tensor = found else { continue }
      if let place = places[name] {
        stored[place] = tensor  // as in Python, the last value of a key counts
      } else {
        places[name] = stored.count
        stored.append(tensor)
      }
    }
    return stored
  }
}

// MARK: - The search

extension TorchContents {
  private func choose(_ key: String?) throws(CheckpointError) -> Candidate {
    let all = try candidates(includingOthers: key != nil)
    let choices = all.map(\.key).filter { !$0.isEmpty }
    guard let key else { return try usual(all, choices) }
    if let exact = all.first(where: { $0.key == key }) { return exact }
    let below = all.filter { $0.key.hasPrefix(key + ".") }
    switch below.count {
    case 1: return below[0]
    case 0: throw .noStateDict(key: key, choices: choices)
    default: throw .ambiguousStateDict(choices: below.map(\.key))
    }
  }

  private func usual(
    _ all: [Candidate], _ choices: [String]
  ) throws(CheckpointError) -> Candidate {
    for key in Self.usualKeys {
      let named = all.filter { $0.path.last == key }
      if named.count == 1 { return named[0] }
    }
    if let root = all.first, root.path.isEmpty { return root }
    switch all.count {
    case 1: return all[0]
    case 0: throw .noStateDict(key: nil, choices: [])
    default: throw .ambiguousStateDict(choices: choices)
    }
  }

  /// How deep, and how far in all, the search goes.
  private static let deepest = 16

  /// Values may be shared, and so be met under several keys.
  ///
  /// Few are: lists of lists that each hold another ten times would take forever.
  private var mostVisits: Int { 150_000 + 4 * pickle.nodes.count }

  /// A value on the way, by the place in the queue of the one that holds it.
  private struct Visit {
    let holder: Int
    let name: String
    let reference: Pickle.Reference
    let depth: Int
  }

  private func candidates(includingOthers: Bool) throws(CheckpointError) -> [Candidate] {
    let found = try candidates(includingOthers: includingOthers, where: isTensor)
    return found.isEmpty
      ? try candidates(includingOthers: includingOthers, where: tensors.isArray) : found
  }

  /// Modules, and dictionaries with at least one member that `isTensor` names.
  private func candidates(
    includingOthers: Bool, where isTensor: (Pickle.Reference) -> Bool
  ) throws(CheckpointError) -> [Candidate] {
    var found: [Candidate] = []
    var queue = [Visit(holder: -1, name: "", reference: pickle.root, depth: 0)]
    let mostVisits = mostVisits
    var visits = 0
    var next = 0
    var others: [String: Bool] = [:]
    while next < queue.count {
      let visit = queue[next]
      let members = pickle.namedMembers(visit.reference)
      if members?.contains(where: { isTensor($0.1) }) ?? isModule(visit.reference) {
        found.append(Self.candidate(next, in: queue))
      }
      let holder = next
      next += 1
      guard visit.depth < Self.deepest else { continue }
      for (name, value) in children(of: visit.reference) {
        visits += 1
        guard visits <= mostVisits else {
          throw .tooLarge(
            part: "values within values of a pickle", found: visits, limit: mostVisits)
        }
        guard isContainer(value) else { continue }
        let isOther = others[name] ?? isOther(name)
        others[name] = isOther
        if includingOthers || !isOther {
          queue.append(
            Visit(holder: holder, name: name, reference: value, depth: visit.depth + 1))
        }
      }
    }
    return found
  }

  /// Whether a key is one of tensors that are no weights; places in lists are not.
  private func isOther(_ name: String) -> Bool {
    guard name.utf8.contains(where: { $0 > UInt8(ascii: "9") }) else { return false }
    let name = name.lowercased()
    return Self.otherKeys.contains { name.contains($0) }
  }

  /// A visit with the keys that led to it.
  private static func candidate(_ place: Int, in queue: [Visit]) -> Candidate {
    var path: [String] = []
    var i = place
    while queue[i].holder >= 0 {
      path.append(queue[i].name)
      i = queue[i].holder
    }
    return Candidate(path: path.reversed(), reference: queue[place].reference)
  }

  private func isTensor(_ reference: Pickle.Reference) -> Bool {
    pickle.object(reference).map { AllowedConstructors.tensors.contains($0.constructor) } ?? false
  }

  private func isModule(_ reference: Pickle.Reference) -> Bool {
    guard let state = pickle.object(reference)?.state else { return false }
    return pickle.namedMembers(state)?.contains { $0.0 == "_modules" } ?? false
  }

  private func isContainer(_ reference: Pickle.Reference) -> Bool {
    switch pickle[reference] {
    case .dictionary, .list, .tuple: true
    case .object: isModule(reference) || pickle.members(reference) != nil
    default: false
    }
  }

  private func children(
    of reference: Pickle.Reference
  ) -> [(String, Pickle.Reference)] {
    if let members = pickle.members(reference) {
      return members.compactMap { key, value in
        (pickle.string(key) ?? pickle.int(key).map(String.init)).map { ($0, value) }
      }
    }
    guard !isModule(reference) else { return [] }
    // One more than all that may be visited is as good as any number.
    return (pickle.sequence(reference) ?? []).prefix(mostVisits + 1).enumerated().map {
      (String($0), $1)
    }
  }
}

// MARK: - Without names

extension TorchContents {
  /// A file that is a tensor or an array, or a list of nothing else, whose names are then their places;
  /// nil where there is a dictionary or a module.
  private func bareTensors() throws(CheckpointError) -> [StoredTensor]? {
    let values = isBare(pickle.root) ? [pickle.root] : elements
    guard !values.isEmpty, values.allSatisfy(isBare) else { return nil }
    return try stored(values.enumerated().map { (name: String($0), value: $1) })
  }

  private func isBare(_ reference: Pickle.Reference) -> Bool {
    isTensor(reference) || tensors.isArray(reference)
  }

  private var elements: [Pickle.Reference] {
    switch pickle[pickle.root] {
    case .tuple(let elements), .list(let elements): elements
    default: []
    }
  }
}
