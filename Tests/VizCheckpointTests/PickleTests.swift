import Testing
import VizCheckpoint
import VizNN

@Suite("Pickles from outside")
struct PickleTests {
  /// Reads a pickle as the root of a PyTorch file of the given container.
  private func read(_ pickle: [UInt8]) throws(CheckpointError) -> WeightFile {
    try WeightFile(
      ByteRegion(ZipBuilder(entries: [.init(name: "a/data.pkl", contents: pickle)]).bytes))
  }

  private func text(_ text: String) -> [UInt8] {
    [0x8C, UInt8(text.utf8.count)] + Array(text.utf8)
  }

  private func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  private let noTensors = CheckpointError.noStateDict(key: nil, choices: [])

  @Test(
    "classes and functions that could run something are named and refused",
    arguments: [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"),
      ("subprocess", "Popen"), ("torch.nn.modules.os", "__import__"),
      ("torch.nn.modules.module", "torch.os.system"), ("numpy.testing", "exec"),
      ("torch.serialization", "load"),
    ])
  func refusedNames(_ module: String, _ name: String) {
    let call = global(module, name) + [0x28] + text("echo") + Array("tR.".utf8)
    #expect(throws: CheckpointError.forbiddenConstructors(["\(module).\(name)"])) {
      try read(call)
    }
    let stackGlobal = text(module) + text(name) + [0x93, 0x29, 0x81, 0x2E]
    #expect(throws: CheckpointError.forbiddenConstructors(["\(module).\(name)"])) {
      try read(stackGlobal)
    }
    let inst = Array("(i\(module)\n\(name)\n.".utf8)
    #expect(throws: CheckpointError.forbiddenConstructors(["\(module).\(name)"])) {
      try read(inst)
    }
  }

  @Test("all unknown names are told at once")
  func allNames() {
    let both =
      global("a", "b") + global("c", "d") + Array("\u{85}.".unicodeScalars.map { UInt8($0.value) })
    #expect(throws: CheckpointError.forbiddenConstructors(["a.b", "c.d"])) { try read(both) }
  }

  @Test("deep nesting takes no stack")
  func deepNesting() {
    for open in [[0x5D, 0x61], [0x85]] as [[UInt8]] {
      // A million lists, or tuples, within one another.
      let depth = 1_000_000
      let pickle =
        open[0] == 0x85
        ? [0x29] + [UInt8](repeating: 0x85, count: depth) + [0x2E]
        : [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1)
          + [0x2E]
      #expect(throws: noTensors) { try read(pickle) }
    }
  }

  @Test("a value that holds itself is searched once")
  func cycles() {
    // d = {}; d["x"] = d
    let cycle: [UInt8] = [0x7D, 0x94] + text("x") + [0x68, 0, 0x73, 0x2E]
    #expect(throws: noTensors) { try read(cycle) }
    // A list that holds itself twice: 2¹⁶ paths to the depth of the search.
    let list: [UInt8] = [0x5D, 0x94, 0x68, 0, 0x61, 0x68, 0, 0x61, 0x2E]
    #expect(throws: noTensors) { try read(list) }
  }

  @Test("lists of lists of the same list meet a limit, not the memory's end")
  func sharedLists() {
    // Each list holds the one before a hundred times.
    var pickle: [UInt8] = [0x5D, 0x94]
    for level in 0..<10 {
      pickle += [0x5D, 0x94, 0x28]
      for _ in 0..<100 { pickle += [0x68, UInt8(level)] }
      pickle += [0x65]
    }
    pickle += [0x2E]
    #expect(throws: CheckpointError.self) { try read(pickle) }
    do { _ = try read(pickle) } catch {
      guard case .tooLarge(_, _, let limit) = error else { Issue.record("\(error)"); return }
      // Each of 1,100 values may be met a few times, and 2¹⁶ paths are searched as above.
      #expect(limit < 160_000, "\(limit)")
    }
  }

  @Test("millions of references to one list are not walked through")
  func selfReferences() {
    // A list that is appended to itself: no depth, no tensors, and a million ways round.
    let appending = [[UInt8]](repeating: [0x68, 0, 0x61], count: 1_000_000).flatMap(\.self)
    do {
      _ = try read([0x80, 2] + Array("]q".utf8) + [0] + appending + [0x2E])
      Issue.record("tensors were found")
    } catch {
      guard case .tooLarge(_, let found, let limit) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == limit + 1 && limit < 160_000)
    }
  }

  @Test("more values than the limit are refused")
  func valueLimit() {
    let pickle = [UInt8](repeating: 0x5D, count: 4_000_001) + [0x2E]
    #expect(
      throws: CheckpointError.tooLarge(
        part: "values of a pickle", found: 4_000_001, limit: 4_000_000)
    ) { try read(pickle) }
  }

  @Test("broken programs say where they break", arguments: Self.broken)
  func refusesBroken(_ pickle: [UInt8], _ reason: String) {
    do {
      _ = try read(pickle)
      Issue.record("was read")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }

  static let broken: [([UInt8], String)] = [
    ([0x2E], "a value on the stack"),
    ([0x30, 0x2E], "a value on the stack"),
    ([0x28, 0x2E], "a value on the stack"),
    ([0x74, 0x2E], "a mark on the stack"),
    ([0x29, 0x28, 0x85, 0x2E], "a value on the stack"),
    ([0x4E, 0x61, 0x2E], "a value on the stack"),
    ([0x29, 0x4E, 0x61, 0x2E], "a list or set"),
    ([0x7D, 0x28, 0x4E, 0x75, 0x2E], "keys and values in pairs"),
    ([0x68, 7, 0x2E], "a value in the memo"),
    ([0x80, 6, 0x2E], "protocol 6"),
    ([0xFF], "an instruction"),
    ([0x82, 1, 0x2E], "a self-contained pickle"),
    ([0x97, 0x2E], "a self-contained pickle"),
    // Lengths of 2⁶³ − 1, 2³² − 1 and −1 bytes.
    ([0x8D, 255, 255, 255, 255, 255, 255, 255, 127], "ends early"),
    ([0x8E, 255, 255, 255, 255, 255, 255, 255, 255], "ends early"),
    ([0x58, 255, 255, 255, 255], "ends early"),
    ([0x8B, 255, 255, 255, 255], "ends early"),
    ([0x54, 255, 255, 255, 255], "ends early"),
    (Array("I12x\n.".utf8), "a whole number"),
    (Array("I-99999999999999999999\n.".utf8), "a whole number"),
    (Array(("I" + String(repeating: "9", count: 401) + "\n.").utf8), "a whole number"),
    (Array("Fabc\n.".utf8), "a number"),
    (Array("S'abc\n.".utf8), "a text in quotes"),
    (Array("S'\\xZZ'\n.".utf8), "hexadecimal digits"),
    (Array("g99\n.".utf8), "a value in the memo"),
    (Array("N)R.".utf8), "a class or function"),
    (Array("ctorch\nSize\nNR.".utf8), "a tuple of arguments"),
    (Array("NNb.".utf8), "an object"),
    ([0x4E, 0x2E, 0x4E], "the end"),
  ]
}

@Suite("Tensors in pickles")
struct PickledTensorTests {
  /// A file with one storage of four floats and one tensor over it.
  private func read(
    offset: Int = 0, size: [Int], stride: [Int], storage: String = "FloatStorage",
    key: String = "0", count: Int = 4
  ) throws(CheckpointError) -> StoredTensor {
    func number(_ value: Int) -> String { "L\(value)L\n" }
    func tuple(_ values: [Int]) -> String { "(" + values.map(number).joined() + "t" }
    let program =
      "(Vw\nctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\n\(storage)\nV\(key)\nVcpu\n"
      + number(count) + "tQ" + number(offset) + tuple(size) + tuple(stride) + "I00\nNtRd."
    let numbers = [1, 2, 3, 4].flatMap { ZipBuilder.number(Float($0).bitPattern) }
    let builder = ZipBuilder(entries: [
      .init(name: "a/data.pkl", contents: Array(program.utf8)),
      .init(name: "a/data/0", contents: numbers),
    ])
    return try WeightFile(ByteRegion(builder.bytes)).tensors[0]
  }

  @Test("sizes, strides and offsets select elements")
  func views() throws {
    #expect(try read(size: [2, 2], stride: [2, 1]).floats == [1, 2, 3, 4])
    #expect(try read(size: [2, 2], stride: [1, 2]).floats == [1, 3, 2, 4])
    #expect(try read(offset: 1, size: [2], stride: [2]).floats == [2, 4])
    #expect(try read(offset: 3, size: [], stride: []).floats == [4])
    #expect(try read(size: [2, 3], stride: [0, 1]).floats == [1, 2, 3, 1, 2, 3])
    #expect(try read(size: [3, 1, 2], stride: [1, 99, 1]).floats == [1, 2, 2, 3, 3, 4])
    #expect(try read(size: [0, 5], stride: [5, 1]).floats == [])
    #expect(try read(offset: 9, size: [0], stride: [1]).floats == [])
  }

  @Test(
    "a tensor beyond its storage is refused",
    arguments: [
      (0, [5], [1]), (1, [4], [1]), (4, [1], [1]), (0, [2], [4]), (-1, [1], [1]), (0, [2], [-1]),
      (0, [-1], [1]), (0, [1 << 62, 1 << 62], [1, 1]), (0, [1 << 40], [1 << 40]),
      (1 << 62, [2], [1 << 62]), (Int.max, [2], [1]), (0, [2], [1, 1]),
      (0, [0, 1 << 62, 1 << 62], [0, 0, 0]),
    ] as [(Int, [Int], [Int])])
  func outOfBounds(_ offset: Int, _ size: [Int], _ stride: [Int]) {
    #expect(throws: CheckpointError.self) {
      try read(offset: offset, size: size, stride: stride)
    }
  }

  @Test("four stored numbers cannot ask for gigabytes")
  func expansion() {
    #expect(throws: CheckpointError.self) { try read(size: [1 << 30], stride: [0]) }
    #expect(throws: CheckpointError.self) { try read(size: [1 << 20, 1 << 20], stride: [0, 0]) }
  }

  @Test("a storage that is too short, missing or of another kind is refused")
  func storages() {
    #expect(throws: CheckpointError.self) { try read(size: [1], stride: [1], count: 5) }
    #expect(throws: CheckpointError.self) { try read(size: [1], stride: [1], count: -1) }
    #expect(throws: CheckpointError.self) { try read(size: [1], stride: [1], count: 1 << 62) }
    #expect(throws: CheckpointError.self) { try read(size: [1], stride: [1], key: "1") }
    #expect(throws: CheckpointError.forbiddenConstructors(["torch.QInt8Storage"])) {
      try read(size: [1], stride: [1], storage: "QInt8Storage")
    }
  }

  @Test(
    "tensors that are not plain have a way out of their own",
    arguments: [
      (["torch._utils._rebuild_qtensor", "torch.QInt8Storage"], true),
      (["torch.float8_e4m3fn"], true), (["torch.ComplexFloatStorage"], true),
      (["torch._utils._rebuild_sparse_tensor"], true), (["__main__.Small"], false),
      (["__main__.Small", "torch.ComplexFloatStorage"], false),
      (["torch.nn.modules.linear.Linear"], false),
    ])
  func namesTheWayOut(names: [String], isTensor: Bool) {
    let error = CheckpointError.forbiddenConstructors(names)
    #expect(error.hint?.contains(".to_dense()") == isTensor)
    #expect(error.hint?.contains("model.state_dict()") == !isTensor)
    #expect("\(error)".contains(names.count == 1 ? "which is not" : "which are not"))
  }

  @Test(
    "weights that are stored in parts have a way out",
    arguments: [
      ("conv1.weight_g", true), ("conv1.parametrizations.weight.original0", true),
      ("conv1.weight_mask", true), ("conv1.weight_orig", true), ("conv1.weights", false),
      ("emb.weight_g", false), ("conv1.parametrizations.bias.original", false),
    ])
  func namesParts(name: String, isPart: Bool) {
    let error = CheckpointError.network(
      .parameters([
        .missing(name: "conv1.weight", expected: [1]), .unexpected(name: name, found: [1]),
      ]))
    #expect((error.hint?.contains("remove_parametrizations") == true) == isPart)
  }
}
