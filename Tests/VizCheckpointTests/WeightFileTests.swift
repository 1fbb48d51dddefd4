import Testing
import VizCheckpoint
import VizFiles
import VizNN
import VizTestSupport

@Suite("Weight files")
struct WeightFileTests {
  @Test("every tensor of every file is what torch reads, bit by bit")
  func equalsTorch() throws {
    let expected = try Fixtures.expected().filter { !$0.key.contains(":") }
    #expect(expected.count >= 30)
    for (label, tensors) in expected {
      let parts = label.split(separator: "?").map(String.init)
      let key = parts.count == 2 ? parts[1] : nil
      let file = try WeightFile(ByteRegion(try Fixtures.bytes(parts[0])), key: key)
      #expect(file.tensors.map(\.name).sorted() == tensors.keys.sorted(), "\(label)")
      for tensor in file.tensors {
        let numbers = try #require(tensors[tensor.name], "\(label), \(tensor.name)")
        #expect(tensor.shape == numbers.shape, "\(label), \(tensor.name)")
        #expect(
          tensor.floats.map(\.bitPattern) == numbers.values.map(\.bitPattern),
          "\(label), \(tensor.name)")
      }
    }
  }

  @Test("every prefix of every file is a typed error")
  func prefixesThrow() throws {
    #expect(Fixtures.names.count >= 30)
    for name in Fixtures.names {
      let bytes = try Fixtures.bytes(name)
      for count in 0..<bytes.count {
        #expect(throws: CheckpointError.self, "\(name), \(count) of \(bytes.count) bytes") {
          try WeightFile(ByteRegion(Array(bytes[..<count])))
        }
      }
    }
  }

  @Test("a changed byte is an error or another number, never a crash")
  func changedBytes() throws {
    var random = SplitMix64(seed: 71)
    var failures = 0
    for name in Fixtures.names {
      var bytes = try Fixtures.bytes(name)
      for i in stride(from: Int.random(in: 0..<7, using: &random), to: bytes.count, by: 7) {
        let original = bytes[i]
        bytes[i] = UInt8.random(in: .min ... .max, using: &random)
        do {
          for tensor in try WeightFile(ByteRegion(bytes)).tensors { _ = tensor.floats }
        } catch {
          failures += 1
          #expect(!"\(error)".isEmpty)
        }
        bytes[i] = original
      }
    }
    #expect(failures > 1000)
  }

  @Test("several sets of tensors want a key, and the error lists them")
  func keys() throws {
    let list = ByteRegion(try Fixtures.bytes("list.pt"))
    #expect(throws: CheckpointError.ambiguousStateDict(choices: ["0", "1"])) {
      try WeightFile(list)
    }
    #expect(throws: CheckpointError.noStateDict(key: "2", choices: ["0", "1"])) {
      try WeightFile(list, key: "2")
    }
    let nested = ByteRegion(try Fixtures.bytes("nested.pt"))
    #expect(throws: CheckpointError.ambiguousStateDict(choices: ["nets.teacher", "nets.student"])) {
      try WeightFile(nested, key: "nets")
    }
  }

  @Test(
    "arrays of NumPy with elements of other kinds are refused by type",
    arguments: [("array-big-endian.pt", ">f4"), ("array-complex.pt", "<c8")])
  func arrays(_ file: String, _ type: String) throws {
    do {
      _ = try WeightFile(ByteRegion(try Fixtures.bytes(file)))
      Issue.record("was read")
    } catch { #expect("\(error)".contains("elements of type \(type)"), "\(error)") }
  }

  @Test("a class that is not on the list is named, and TorchScript is refused")
  func refusals() throws {
    #expect(throws: CheckpointError.forbiddenConstructors(["__main__.Small"])) {
      try WeightFile(ByteRegion(try Fixtures.bytes("own-class.pt")))
    }
    #expect(throws: CheckpointError.torchScript) {
      try WeightFile(ByteRegion(try Fixtures.bytes("torchscript.pt")))
    }
    #expect(CheckpointError.torchScript.hint?.contains("torch.onnx.export") == true)
  }

  @Test("weights of a mapped file are shared where they are aligned, and equal where not")
  func mapping() throws {
    let scratch = Scratch()
    let floats = (0..<40_000).map(Float.init)
    for shift in 0..<4 {
      // A header whose length decides where the numbers begin.
      let note = String(repeating: "x", count: shift)
      let header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[200,200],\"data_offsets\":[0,160000]},"
        + "\"__metadata__\":{\"n\":\"\(note)\"}}"
      var bytes = withUnsafeBytes(of: UInt64(header.utf8.count)) { [UInt8]($0) }
      bytes += Array(header.utf8)
      floats.withUnsafeBytes { bytes += $0 }
      let path = scratch["w\(shift).safetensors"]
      try AtomicFile.write(bytes, to: path)
      let file = try WeightFile(ByteRegion(try MappedFile(path)))
      #expect(file.tensors[0].region.isMapped)
      let tensor = file.tensors[0].tensor
      file.tensors[0].region.rest()
      #expect(tensor == Tensor(shape: [200, 200], values: floats), "\(shift)")
    }
  }
}
