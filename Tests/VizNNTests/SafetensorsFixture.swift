import Foundation
import VizNN

/// What a script beside it has written: Float32 tensors by name, strings, and texts as tensors of bytes.
struct SafetensorsFixture {
  let tensors: [String: Tensor]
  let metadata: [String: String]
  let texts: [String: Data]

  struct Malformed: Error {}

  init(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(name)")
    let bytes = [UInt8](try Data(contentsOf: file))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let json = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length]))
    guard let header = json as? [String: Any] else { throw Malformed() }
    var tensors: [String: Tensor] = [:]
    var texts: [String: Data] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard let entry = value as? [String: Any], let shape = entry["shape"] as? [Int],
        let offsets = entry["data_offsets"] as? [Int], let type = entry["dtype"] as? String,
        ["F32", "U8"].contains(type)
      else { throw Malformed() }
      if type == "U8" {
        texts[name] = Data(bytes[8 + length + offsets[0]..<8 + length + offsets[1]])
        continue
      }
      let values = stride(from: 8 + length + offsets[0], to: 8 + length + offsets[1], by: 4).map {
        i in
        Float(
          bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[i + $1]) << UInt32(8 * $1) })
      }
      tensors[name] = Tensor(shape: Shape(shape), values: values)
    }
    self.tensors = tensors
    self.texts = texts
    metadata = header["__metadata__"] as? [String: String] ?? [:]
  }
}
