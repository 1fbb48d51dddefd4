internal import VizFiles

/// Reads the little stack machine's program that a pickle is, and builds what it describes.
///
/// Nothing is called. An instruction adds at most one value, and values are shared, never copied, so
/// memory is bounded by the length of the program. Names that are not on the list are collected, and
/// the end of the program throws them all.
///
/// - Source: Python's Lib/pickletools.py, which documents protocols 0 to 5.
struct PickleMachine {
  static let longestProgram = 64 << 20
  static let mostValues = 4_000_000

  private(set) var pickle = Pickle()
  var reader: ByteReader
  var stack: [Pickle.Reference] = []
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Reference] = [:]
  private var forbidden: [String] = []
  /// Bytes that were written as a text, by that text, which may be shared.
  private var encoded: [Pickle.Reference: Pickle.Reference] = [:]
  /// Where the instruction that runs began.
  private var place = 0
  private let base: Int

  /// The value of a pickle that starts at the reader's position, which moves behind it.
  ///
  /// `base` is where the reader's bytes lie in the file.
  static func run(_ reader: inout ByteReader, base: Int = 0) throws(CheckpointError) -> Pickle {
    var machine = PickleMachine(reader: reader, base: base)
    while try machine.step() {}
    reader = machine.reader
    guard machine.forbidden.isEmpty else { throw .forbiddenConstructors(machine.forbidden) }
    return machine.pickle
  }

  private init(reader: ByteReader, base: Int) {
    self.reader = reader
    self.base = base
  }

  /// Runs one instruction; false at the end of the program.
  private mutating func step() throws(CheckpointError) -> Bool {
    place = reader.offset
    let code = try byte()
    guard let opcode = Opcode(rawValue: code) else {
      throw error("an instruction", "byte 0x" + String(code, radix: 16))
    }
    if opcode == .stop {
      pickle.root = try pop()
      return false
    }
    try run(opcode)
    return true
  }

  private mutating func run(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .mark, .popMark, .pop, .dup: try moveStack(opcode)
    case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet: try useMemo(opcode)
    case .proto: try checkProtocol()
    case .frame:
      try read { (reader) throws(ByteError) in try reader.skip(8) }
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .tuple, .emptyTuple, .tuple1, .tuple2, .tuple3, .list, .emptyList, .dict, .emptyDict,
      .emptySet, .frozenSet:
      try makeCollection(opcode)
    case .append, .appends, .addItems, .setItem, .setItems: try fillCollection(opcode)
    case .global, .stackGlobal, .inst, .obj, .reduce, .newObject, .newObjectEx, .build:
      try describeObject(opcode)
    case .persID, .binPersID: try refer(opcode)
    case .ext1, .ext2, .ext4, .nextBuffer, .readOnlyBuffer:
      throw .unsupported(
        part: "pickle", found: "instruction 0x" + String(opcode.rawValue, radix: 16),
        expected: "a self-contained pickle")
    case .stop: break
    default: try push(literal(opcode))
    }
  }
}

// MARK: - Stack and memo

extension PickleMachine {
  mutating func push(_ node: Pickle.Node) throws(CheckpointError) {
    guard pickle.nodes.count < Self.mostValues else {
      throw .tooLarge(
        part: "values of a pickle", found: Self.mostValues + 1, limit: Self.mostValues)
    }
    stack.append(Pickle.Reference(index: Int32(pickle.nodes.count)))
    pickle.nodes.append(node)
  }

  mutating func pop() throws(CheckpointError) -> Pickle.Reference {
    guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
      throw error("a value on the stack", "none")
    }
    return top
  }

  /// Everything above the last mark, which goes.
  private mutating func popToMark() throws(CheckpointError) -> [Pickle.Reference] {
    guard let mark = marks.popLast() else { throw error("a mark on the stack", "none") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func moveStack(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .popMark: _ = try popToMark()
    case .pop where marks.last == stack.count: marks.removeLast()
    case .pop: _ = try pop()
    default:
      let top = try pop()
      stack += [top, top]
    }
  }

  private mutating func useMemo(_ opcode: Opcode) throws(CheckpointError) {
    let key =
      switch opcode {
      case .binPut, .binGet: Int(try byte())
      case .longBinPut, .longBinGet: Int(try number(UInt32.self))
      case .memoize: memo.count
      default: try decimalLine()
      }
    switch opcode {
    case .get, .binGet, .longBinGet:
      guard let reference = memo[key] else { throw error("a value in the memo", "none at \(key)") }
      stack.append(reference)
    default:
      let top = try pop()
      stack.append(top)
      memo[key] = top
    }
  }

  private mutating func checkProtocol() throws(CheckpointError) {
    let version = try byte()
    guard version <= 5 else {
      throw .unsupported(
        part: "pickle", found: "protocol \(version)", expected: "protocol 0 to 5")
    }
  }

  func error(_ expected: String, _ found: String) -> CheckpointError {
    .corrupt(part: "pickle", offset: base + place, expected: expected, found: found)
  }

  mutating func read<Result>(
    _ body: (inout ByteReader) throws(ByteError) -> Result
  ) throws(CheckpointError) -> Result {
    try CheckpointError.reading("pickle", at: base) { () throws(ByteError) in try body(&reader) }
  }

  /// The next byte, the most frequent of all reads.
  mutating func byte() throws(CheckpointError) -> UInt8 {
    try read { (reader) throws(ByteError) in
      let next = reader.next
      try reader.skip(1)
      return next ?? 0
    }
  }

  mutating func number<T: FixedWidthInteger>(_: T.Type) throws(CheckpointError) -> T {
    try read { (reader) throws(ByteError) in try reader.littleEndian(T.self) }
  }
}

// MARK: - Collections

extension PickleMachine {
  private mutating func makeCollection(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .tuple: try push(.tuple(try popToMark()))
    case .list: try push(.list(try popToMark()))
    case .frozenSet: try push(.set(try popToMark()))
    case .dict: try push(.dictionary(try pairs(try popToMark())))
    case .emptyTuple: try push(.tuple([]))
    case .emptyList: try push(.list([]))
    case .emptyDict: try push(.dictionary([]))
    case .emptySet: try push(.set([]))
    case .tuple1: try push(.tuple([try pop()]))
    case .tuple2:
      let second = try pop()
      try push(.tuple([try pop(), second]))
    default:
      let (third, second) = (try pop(), try pop())
      try push(.tuple([try pop(), second, third]))
    }
  }

  private mutating func fillCollection(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .append: try add([try pop()])
    case .appends, .addItems: try add(try popToMark())
    case .setItem:
      let value = try pop()
      try set([(try pop(), value)])
    default: try set(try pairs(try popToMark()))
    }
  }

  private func pairs(
    _ values: [Pickle.Reference]
  ) throws(CheckpointError) -> [(Pickle.Reference, Pickle.Reference)] {
    guard values.count.isMultiple(of: 2) else {
      throw error("keys and values in pairs", "\(values.count) values")
    }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  /// Changes the value on top of the stack in its place.
  private mutating func changeTop(
    _ expected: String, _ change: (inout Pickle.Node) -> Bool
  ) throws(CheckpointError) {
    let top = try pop()
    stack.append(top)
    let index = Int(top.index)
    guard change(&pickle.nodes[index]) else { throw error(expected, "another value") }
  }

  private mutating func add(_ values: [Pickle.Reference]) throws(CheckpointError) {
    try changeTop("a list or set") { node in
      let old = node
      node = .none  // lets go of the elements, so that they grow in place
      switch old {
      case .list(var elements):
        elements += values
        node = .list(elements)
      case .set(var elements):
        elements += values
        node = .set(elements)
      case .object(var object):
        object.elements += values
        node = .object(object)
      default: return false
      }
      return true
    }
  }

  private mutating func set(
    _ pairs: [(Pickle.Reference, Pickle.Reference)]
  ) throws(CheckpointError) {
    try changeTop("a dictionary") { node in
      let old = node
      node = .none
      switch old {
      case .dictionary(var members):
        members += pairs
        node = .dictionary(members)
      case .object(var object):
        object.members += pairs
        node = .object(object)
      default: return false
      }
      return true
    }
  }
}

// MARK: - Classes and functions

extension PickleMachine {
  private mutating func describeObject(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .global:
      let module = try line()
      try pushGlobal(module, try line())
    case .stackGlobal:
      let (name, module) = (try pop(), try pop())
      guard let name = pickle.string(name), let module = pickle.string(module) else {
        throw error("a module and a name", "other values")
      }
      try pushGlobal(module, name)
    case .inst:
      let module = try line()
      let name = try line()
      let arguments = try popToMark()
      try pushGlobal(module, name)
      try pushObject(try pop(), arguments)
    case .obj:
      let values = try popToMark()
      guard let constructor = values.first else { throw error("a class", "nothing") }
      try pushObject(constructor, Array(values.dropFirst()))
    case .reduce, .newObject:
      let arguments = try pop()
      try pushObject(try pop(), try tuple(arguments))
    case .newObjectEx:
      let (_, arguments) = (try pop(), try pop())
      try pushObject(try pop(), try tuple(arguments))
    default: try build()
    }
  }

  private func tuple(_ reference: Pickle.Reference) throws(CheckpointError) -> [Pickle.Reference] {
    guard case .tuple(let elements) = pickle[reference] else {
      throw error("a tuple of arguments", "another value")
    }
    return elements
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws(CheckpointError) {
    let name = module + "." + name
    if !AllowedConstructors.contains(name), name != "copyreg._reconstructor",
      name != "copy_reg._reconstructor", !forbidden.contains(name), forbidden.count < 16
    {
      forbidden.append(name)
    }
    try push(.global(name))
  }

  private mutating func pushObject(
    _ constructor: Pickle.Reference, _ arguments: [Pickle.Reference]
  ) throws(CheckpointError) {
    guard let name = pickle.className(constructor) else {
      throw error("a class or function", "another value")
    }
    if name == "_codecs.encode", try pushEncoded(arguments) { return }
    // Protocols 0 and 1 build an object by way of a function that gets its class.
    if name.hasSuffix("._reconstructor"), let first = arguments.first,
      let name = pickle.global(first)
    {
      try push(.object(Pickle.Object(constructor: name, arguments: [])))
    } else {
      try push(.object(Pickle.Object(constructor: name, arguments: arguments)))
    }
  }

  /// Pushes the bytes that `encode(text, 'latin1')` makes, which is how protocols before 3 write bytes;
  /// false for any other text.
  private mutating func pushEncoded(
    _ arguments: [Pickle.Reference]
  ) throws(CheckpointError) -> Bool {
    guard arguments.count == 2, let text = pickle.string(arguments[0]),
      pickle.string(arguments[1]) == "latin1"
    else { return false }
    if let bytes = encoded[arguments[0]] {
      stack.append(bytes)
      return true
    }
    let scalars = text.unicodeScalars
    guard scalars.allSatisfy({ $0.value < 256 }) else { return false }
    try push(.bytes(scalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    encoded[arguments[0]] = stack.last
    return true
  }

  private mutating func build() throws(CheckpointError) {
    let state = try pop()
    try changeTop("an object") { node in
      guard case .object(var object) = node else { return false }
      object.state = state
      node = .object(object)
      return true
    }
  }

  private mutating func refer(_ opcode: Opcode) throws(CheckpointError) {
    if opcode == .persID { try push(.string(try line())) }
    try push(.persistent(try pop()))
  }
}
