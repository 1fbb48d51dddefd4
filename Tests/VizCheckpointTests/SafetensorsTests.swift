import Testing
import VizCheckpoint
import VizFiles

@Suite("Safetensors")
struct SafetensorsTests {
  private func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> ByteRegion {
    ByteRegion(
      ZipBuilder.number(length ?? UInt64(header.utf8.count)) + Array(header.utf8)
        + [UInt8](repeating: 0, count: data))
  }

  private func tensor(_ begin: Int, _ end: Int, shape: String = "[1]", type: String = "F32")
    -> String
  {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  @Test("metadata are texts, and spaces may follow the header")
  func metadata() throws {
    let file = try Safetensors(
      file("{\"__metadata__\":{\"a\":\"b\"},\"x\":\(tensor(0, 4))}   ", data: 4))
    #expect(file.metadata == ["a": "b"])
    #expect(file.tensors.map(\.name) == ["x"])
  }

  @Test("a tensor without elements is read at once, however long its other dimensions are")
  func emptyTensor() throws {
    let shape = "[1099511627776,7,0]"
    let file = try Safetensors(file("{\"x\":\(tensor(0, 0, shape: shape))}"))
    #expect(file.tensors.map(\.shape) == [[1 << 40, 7, 0]])
    #expect(file.tensors[0].floats.isEmpty)
  }

  @Test(
    "headers that break the rules are refused with the reason",
    arguments: [
      ("[]", 0, "an object"),
      ("{\"x\":1}", 0, "dtype, shape and data_offsets"),
      ("{\"x\":{\"dtype\":\"F32\"}}", 0, "dtype, shape and data_offsets"),
      ("{\"__metadata__\":1}", 0, "an object"),
      ("{\"__metadata__\":{\"a\":1}}", 0, "a string"),
      ("{\"x\":T04,\"x\":T04}", 4, "every name once"),
      ("{\"x\":T04,\"y\":T04}", 4, "an overlap"),
      ("{\"x\":T04,\"y\":T26}", 8, "an overlap"),
      ("{\"x\":T04,\"y\":T59}", 9, "a gap"),
      ("{\"x\":T48}", 8, "a gap"),
      ("{\"x\":T04}", 3, "ends early"),
      ("{\"x\":T04}", 5, "4 bytes"),
      ("{\"x\":T05}", 5, "4 bytes for"),
      ("{\"x\":T40}", 4, "two offsets in order"),
      ("{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "type F8_E4M3"),
      ("{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "fits into memory"),
      ("{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "dtype, shape"),
      (
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,0],\"data_offsets\":[0,0]}}", 0,
        "fits into memory"
      ),
      (
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1e300],\"data_offsets\":[0,4]}}", 4, "dtype, shape"
      ),
      (
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"z\":0}}", 4,
        "dtype, shape"
      ),
      ("{\"x\":", 0, "JSON" /* offset, expected and found of the parser */),
      (String(repeating: "[", count: 100_000), 0, "nesting"),
      ("{\"x\":" + String(repeating: "[", count: 100_000), 0, "nesting"),
    ])
  func brokenHeaders(_ header: String, _ data: Int, _ reason: String) {
    var header = header
    for (mark, begin, end) in [
      ("T04", 0, 4), ("T26", 2, 6), ("T59", 5, 9), ("T48", 4, 8), ("T05", 0, 5), ("T40", 4, 0),
    ] {
      header = header.replacing(mark, with: tensor(begin, end))
    }
    do {
      _ = try Safetensors(file(header, data: data))
      Issue.record("was read")
    } catch {
      #expect("\(error)".contains(reason) || reason == "JSON", "\(error)")
    }
  }

  @Test("a header's length is checked before memory is taken")
  func headerLength() {
    for length in [1, 3, 1 << 20, 100_000_001, 1 << 62, .max] as [UInt64] {
      #expect(throws: CheckpointError.self) { try Safetensors(file("{}", length: length)) }
    }
  }
}
