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
    let candidate = try choose(key)
    if let module = try TorchModule(candidate.reference, in: pickle) {
      return (try stored(module.stateDict()), module)
    }
    let members = pickle.namedMembers(candidate.reference) ?? []
    return (try stored(members.map { (name: $0.0, value: $0.1) }), nil)
  }

  /// The tensors among named values; what is no tensor is left out.
  private func stored(
    _ members: [(name: String, value: Pickle.Reference)]
  ) throws(CheckpointError) -> [StoredTensor] {
    var stored: [StoredTensor] = []
    var places: [String: Int] = [:]
    for (name, value) in members {
      guard let tensor = try tensors.tensor(value, name: name) else { continue }
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
  private static let mostVisits = 1_000_000

  private func candidates(includingOthers: Bool) throws(CheckpointError) -> [Candidate] {
    var found: [Candidate] = []
    var queue = [Candidate(path: [], reference: pickle.root)]
    var visits = 0
    var next = 0
    while next < queue.count {
      let candidate = queue[next]
      next += 1
      if try isSet(candidate.reference) { found.append(candidate) }
      guard candidate.path.count < Self.deepest else { continue }
      for (name, value) in children(of: candidate.reference) {
        visits += 1
        guard visits <= Self.mostVisits else {
          throw .tooLarge(
            part: "values within values of a pickle", found: visits, limit: Self.mostVisits)
        }
        let isOther = Self.otherKeys.contains { name.lowercased().contains($0) }
        if isContainer(value), includingOthers || !isOther {
          queue.append(Candidate(path: candidate.path + [name], reference: value))
        }
      }
    }
    return found
  }

  /// A module, or a dictionary with at least one tensor.
  private func isSet(_ reference: Pickle.Reference) throws(CheckpointError) -> Bool {
    if let members = pickle.namedMembers(reference) {
      return members.contains { isTensor($0.1) }
    }
    return isModule(reference)
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
    return (pickle.sequence(reference) ?? []).enumerated().map { (String($0), $1) }
  }
}
