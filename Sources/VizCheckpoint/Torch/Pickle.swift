/// What a pickle describes: values in one array that refer to each other by index.
///
/// An array, because a pickle may refer to itself and may nest as deep as it is long: indices make no
/// cycles of ownership and are freed without recursion.
struct Pickle {
  /// The place of a value.
  struct Reference: Hashable {
    let index: Int32
  }

  enum Node {
    case none
    case bool(Bool)
    case int(Int)
    /// A whole number of more than 64 bits, least significant byte first.
    case bigInteger([UInt8])
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case tuple([Reference])
    case list([Reference])
    case set([Reference])
    case dictionary([(Reference, Reference)])
    /// A class or function by its full name, `torch.FloatStorage`.
    case global(String)
    indirect case object(Object)
    /// Something that is stored outside of the pickle.
    case persistent(Reference)
  }

  /// A call that is described and never made.
  struct Object {
    let constructor: String
    let arguments: [Reference]
    /// What `__setstate__` would get.
    var state: Reference?
    /// What would be appended, or added.
    var elements: [Reference] = []
    /// What would be stored under keys.
    var members: [(Reference, Reference)] = []
  }

  var nodes: [Node] = []
  var root = Reference(index: 0)

  subscript(_ reference: Reference) -> Node { nodes[Int(reference.index)] }
}

// MARK: - What a reader asks of a value

extension Pickle {
  func string(_ reference: Reference) -> String? {
    if case .string(let string) = self[reference] { string } else { nil }
  }

  func int(_ reference: Reference) -> Int? {
    if case .int(let int) = self[reference] { int } else { nil }
  }

  func object(_ reference: Reference) -> Object? {
    if case .object(let object) = self[reference] { object } else { nil }
  }

  func global(_ reference: Reference) -> String? {
    if case .global(let name) = self[reference] { name } else { nil }
  }

  /// The name of a class; before 1.6, `('module', class, file, source)` stood for modules.
  func className(_ reference: Reference) -> String? {
    guard case .persistent(let identifier) = self[reference] else { return global(reference) }
    guard let parts = sequence(identifier), parts.count >= 2, string(parts[0]) == "module" else {
      return nil
    }
    return global(parts[1])
  }

  /// The elements of a tuple or list, also of a `torch.Size`.
  func sequence(_ reference: Reference) -> [Reference]? {
    switch self[reference] {
    case .tuple(let elements), .list(let elements): elements
    case .object(let object) where object.constructor == "torch.Size":
      object.arguments.first.flatMap { size in
        if case .tuple(let elements) = self[size] { elements } else { nil }
      }
    default: nil
    }
  }

  func ints(_ reference: Reference) -> [Int]? {
    guard let elements = sequence(reference) else { return nil }
    let numbers = elements.compactMap(int)
    return numbers.count == elements.count ? numbers : nil
  }

  /// The members of a dictionary of any class.
  func members(_ reference: Reference) -> [(Reference, Reference)]? {
    switch self[reference] {
    case .dictionary(let members): return members
    case .object(let object) where AllowedConstructors.dictionaries.contains(object.constructor):
      // Python 2 hands a list of pairs to the constructor.
      let pairs = object.arguments.first.flatMap(sequence) ?? []
      return object.members
        + pairs.compactMap { pair in
          guard let pair = sequence(pair), pair.count == 2 else { return nil }
          return (pair[0], pair[1])
        }
    default: return nil
    }
  }

  /// The members of a dictionary whose keys are texts; others are left out.
  func namedMembers(_ reference: Reference) -> [(String, Reference)]? {
    members(reference)?.compactMap { key, value in string(key).map { ($0, value) } }
  }
}
