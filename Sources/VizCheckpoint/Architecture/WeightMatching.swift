internal import VizNN

/// Finds for each parameter of a network the tensor of a file.
///
/// 1. By name, also without `module.` or `model.` in front of all names.
/// 2. By order and shape, where the file's names are others: `conv1.weight` for `features.0.weight`.
///    Each must have its counterpart, of the same kind (weight, bias …) and shape.
/// 3. By shape alone, where files sort their names as safetensors does: a module goes to the only one that
///    holds the like of it. Several that are alike go by the numbers in their names, if they differ in nothing
///    else.
struct WeightMatching {
  let parameters: [String: Tensor]
  /// What was done beyond comparing names.
  let note: String?

  /// - Throws: `network(.parameters)` with everything that is missing, unexpected or misshapen.
  init(
    _ tensors: [StoredTensor], to architecture: Architecture, fixed: [String: Tensor] = [:]
  ) throws(CheckpointError) {
    let tensors = tensors.filter { !Self.isCounter($0.name) }
    let needed = architecture.parameterShapes.filter { fixed[$0.name] == nil }
    let names = Set(needed.map(\.name))
    // The spelling that most parameters have.
    var found: (names: [String], hits: Int) = (tensors.map(\.name), -1)
    for variant in NamePrefix.variants(of: tensors.map(\.name)) {
      let hits = variant.count { names.contains($0) }
      if hits > found.hits { found = (variant, hits) }
    }
    let shapes = Dictionary(
      zip(found.names, tensors.map { Shape($0.shape) }), uniquingKeysWith: { $1 })
    let problems = architecture.problems(
      with: shapes.merging(fixed.mapValues(\.shape), uniquingKeysWith: { $1 }))
    if problems.isEmpty {
      let own = zip(found.names, tensors).map { ($0, $1.tensor) }
      parameters = Dictionary(own, uniquingKeysWith: { $1 }).merging(
        fixed, uniquingKeysWith: { $1 })
      note = nil
      return
    }
    let ordered = Self.inOrder(tensors, needed)
    guard let pairs = ordered ?? Self.byShape(tensors, needed) else {
      throw .network(.parameters(problems))
    }
    parameters = Dictionary(
      pairs.map { ($0.name, $0.tensor.tensor) }, uniquingKeysWith: { $1 }
    ).merging(fixed, uniquingKeysWith: { $1 })
    note = Self.note(pairs, by: ordered == nil ? "shape" : "order and shape")
  }

  /// PyTorch counts batches in BatchNorm; nothing needs the count.
  static func isCounter(_ name: String) -> Bool {
    name == "num_batches_tracked" || name.hasSuffix(".num_batches_tracked")
  }
}

// MARK: - By order and shape

extension WeightMatching {
  private typealias Pair = (name: String, tensor: StoredTensor)

  /// In the file's own order, then in that of the names, for files that sort them as texts.
  private static func inOrder(
    _ tensors: [StoredTensor], _ needed: [ParameterShape]
  ) -> [Pair]? {
    guard tensors.count == needed.count, !needed.isEmpty else { return nil }
    let modules = grouped(tensors)
    let sorted = modules.sorted { NaturalOrder.isBefore($0.module, $1.module) }
    for order in [modules, sorted] {
      let tensors = order.flatMap(\.tensors)
      let fits = zip(needed, tensors).allSatisfy { parameter, tensor in
        role(parameter.name) == role(tensor.name) && parameter.shape.dimensions == tensor.shape
      }
      if fits { return zip(needed, tensors).map { ($0.name, $1) } }
    }
    return nil
  }

  /// The tensors of each module together, in the order in which PyTorch declares them.
  private static func grouped(
    _ tensors: [StoredTensor]
  ) -> [(module: String, tensors: [StoredTensor])] {
    var groups: [(module: String, tensors: [StoredTensor])] = []
    var places: [String: Int] = [:]
    for tensor in tensors {
      let module = module(tensor.name)
      if let place = places[module] {
        groups[place].tensors.append(tensor)
      } else {
        places[module] = groups.count
        groups.append((module, [tensor]))
      }
    }
    return groups.map { group in
      (group.module, group.tensors.sorted { rank($0.name) < rank($1.name) })
    }
  }

  private static func rank(_ name: String) -> Int {
    ["weight", "bias", "running_mean", "running_var"].firstIndex(of: role(name)) ?? 4
  }

  private static func role(_ name: String) -> String {
    name.split(separator: ".").last.map(String.init) ?? name
  }

  private static func module(_ name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private static func note(_ pairs: [Pair], by way: String) -> String {
    let example = pairs.first.map { ", '\($0.tensor.name)' is '\($0.name)'" } ?? ""
    return "tensors matched by \(way), as their names differ\(example)"
  }
}

// MARK: - By shape alone

extension WeightMatching {
  private static func byShape(
    _ tensors: [StoredTensor], _ needed: [ParameterShape]
  ) -> [Pair]? {
    let given = Dictionary(grouping: grouped(tensors)) {
      $0.tensors.map { Part($0.name, $0.shape) }
    }
    var wanted: [[Part]: [[String]]] = [:]
    for parameters in consecutive(needed) {
      wanted[parameters.map { Part($0.name, $0.shape.dimensions) }, default: []]
        .append(parameters.map(\.name))
    }
    guard given.count == wanted.count, !needed.isEmpty else { return nil }
    var pairs: [String: StoredTensor] = [:]
    for (parts, modules) in wanted {
      guard let found = given[parts], found.count == modules.count, areNumbered(found.map(\.module))
      else { return nil }
      let sorted = found.sorted { NaturalOrder.isBefore($0.module, $1.module) }
      for (names, module) in zip(modules, sorted) {
        for (name, tensor) in zip(names, module.tensors) { pairs[name] = tensor }
      }
    }
    return needed.compactMap { parameter in pairs[parameter.name].map { (parameter.name, $0) } }
  }

  /// What a parameter is without the name of its module.
  private struct Part: Hashable {
    let role: String
    let shape: [Int]

    init(_ name: String, _ shape: [Int]) {
      role = WeightMatching.role(name)
      self.shape = shape
    }
  }

  /// The parameters of each layer, which follow each other, in the order that `grouped` gives tensors.
  private static func consecutive(_ needed: [ParameterShape]) -> [[ParameterShape]] {
    var modules: [[ParameterShape]] = []
    for parameter in needed {
      if let last = modules.last?.last, module(last.name) == module(parameter.name) {
        modules[modules.count - 1].append(parameter)
      } else {
        modules.append([parameter])
      }
    }
    return modules.map { $0.sorted { rank($0.name) < rank($1.name) } }
  }

  /// Whether names differ in their numbers alone, as `block1.conv` and `block12.conv` do.
  private static func areNumbered(_ names: [String]) -> Bool {
    Set(names.map { $0.filter { !($0.isASCII && $0.isNumber) } }).count == 1
  }
}

/// Names in the order that people give them: `features.2` before `features.10`.
enum NaturalOrder {
  static func isBefore(_ a: String, _ b: String) -> Bool {
    parts(a).lexicographicallyPrecedes(parts(b)) { $0 < $1 }
  }

  private struct Part: Comparable {
    let number: Int
    let text: String

    static func < (a: Part, b: Part) -> Bool { (a.text, a.number) < (b.text, b.number) }
  }

  private static func parts(_ name: String) -> [Part] {
    var parts: [Part] = []
    var rest = name[...]
    while let first = rest.first {
      let isNumber = first.isASCII && first.isNumber
      let run = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
      parts.append(
        isNumber ? Part(number: Int(run) ?? .max, text: "") : Part(number: 0, text: String(run)))
      rest = rest[run.endIndex...]
    }
    return parts
  }
}

/// What wrappers put in front of all names: DataParallel, torch.compile, a LightningModule.
enum NamePrefix {
  private static let known = ["module.", "model.", "_orig_mod.", "net.", "network."]

  /// The names as they are, then without the wrappers, one after the other.
  static func variants(of names: [String]) -> [[String]] {
    var variants = [names]
    while let last = variants.last, !last.isEmpty,
      let prefix = known.first(where: { prefix in last.allSatisfy { $0.hasPrefix(prefix) } })
    {
      variants.append(last.map { String($0.dropFirst(prefix.count)) })
    }
    return variants
  }
}
