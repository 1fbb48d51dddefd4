import Testing
import VizCheckpoint
import VizFiles
import VizInput
import VizNN
import VizTestSupport

@Suite("Check sums")
struct CheckSumTests {
  /// A network in the middle of its training: weights, and what an optimiser remembers.
  private static func checkpoint() throws -> Checkpoint {
    let architecture = try NetText(
      "conv1: Conv2d(1, 2, 3)\nact: ReLU()\nFlatten()\nfc1: Linear(8, 2)"
    )
    .architecture(inputShape: [1, 4, 4])
    var random = SplitMix64(seed: 21)
    var parameters: [String: Tensor] = [:]
    for parameter in architecture.parameterShapes {
      parameters[parameter.name] = Self.numbers(parameter.shape, &random)
    }
    return Checkpoint(
      network: try Network(architecture, parameters: parameters),
      input: InputDescription(
        channels: 1, height: 4, width: 4, range: 0...1, mean: [0.1307],
        standardDeviation: [0.3081]),
      classNames: ["ant", "bee"], history: [["epoch": 1, "loss": 0.5]],
      training: TrainingRecord(
        facts: .object([("seed", .string("7")), ("state", .object([("step", .int(3))]))]),
        tensors: ["optimizer.0.conv1.weight": Self.numbers([2, 1, 3, 3], &random)]))
  }

  private static func numbers(_ shape: Shape, _ random: inout SplitMix64) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in Float.random(in: -1...1, using: &random) })
  }

  /// All that a checkpoint says.
  private static func contents(_ checkpoint: Checkpoint) throws -> [UInt8] {
    try checkpoint.encoded(as: .checkpoint)
  }

  /// The checkpoint as it was written before there were sums.
  private static func older(_ bytes: [UInt8]) throws -> [UInt8] {
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let old = header.replacing(#/,"vizcnn_crc32":"[0-9a-f ]*"/#, with: "")
    try #require(old != header)
    return ZipBuilder.number(UInt64(old.utf8.count)) + Array(old.utf8) + bytes[(8 + length)...]
  }

  @Test("the sum is CRC-32 by its definition, for all lengths, beginnings and sums before")
  func definition() {
    #expect(ByteRegion(Array("123456789".utf8)).crc32 == 0xCBF4_3926)
    var random = SplitMix64(seed: 3)
    let bytes = (0..<700).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in [0, 1, 2, 3, 7, 15] {
      var remainder = UInt32.max
      for end in start...bytes.count {
        let found = ByteRegion(bytes).part(start..<end).crc32
        #expect(found == ~remainder, "bytes \(start)..<\(end)")
        guard end < bytes.count else { break }
        remainder ^= UInt32(bytes[end])
        for _ in 0..<8 {
          remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0)
        }
      }
    }
  }

  @Test("a changed byte is an error, or changes nothing that the file says")
  func flippedBits() throws {
    let original = try Self.checkpoint()
    let bytes = try Self.contents(original)
    var random = SplitMix64(seed: 5)
    let dataStart = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var errors = 0
    for place in bytes.indices {
      for mask in [UInt8(1) << UInt8.random(in: 0..<8, using: &random), 0x20, 0xFF] {
        var changed = bytes
        changed[place] ^= mask
        do throws(CheckpointError) {
          let read = try Checkpoint.read(ByteRegion(changed))
          let again = try read.encoded(as: .checkpoint)
          #expect(again == bytes, "byte \(place) with \(mask) was read as another checkpoint")
          #expect(place < dataStart, "byte \(place) is a number's")
        } catch {
          errors += 1
        }
      }
    }
    // Only the name of the sums and the case of digits mean nothing.
    #expect(errors > bytes.count * 3 - 60)
  }

  @Test("the error names the tensor, what is expected and what was found")
  func damagedNumbers() throws {
    let bytes = try Self.contents(try Self.checkpoint())
    let file = try Safetensors(ByteRegion(bytes))
    for tensor in file.tensors {
      var changed = bytes
      changed[tensor.region.offset + tensor.region.count / 2] ^= 4
      do {
        _ = try Checkpoint.read(ByteRegion(changed))
        Issue.record("\(tensor.name) was read")
      } catch {
        guard case .damaged(let part, let expected, let found) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(part == "tensor '\(tensor.name)'")
        #expect(expected == tensor.region.crc32 && found != expected)
        #expect(error.hint?.contains("check sums") == true)
      }
      // Who wants the layers alone does not read the numbers.
      let options = CheckpointOptions(checksWeights: false)
      let layers = try Checkpoint.read(ByteRegion(changed), options: options).network.architecture
      #expect(layers.nodes.count == 4)
    }
  }

  @Test("files without sums are read as before, and those of another order by theirs")
  func otherFiles() throws {
    let original = try Self.checkpoint()
    let bytes = try Self.contents(original)
    let old = try Self.older(bytes)
    #expect(try Self.contents(Checkpoint.read(ByteRegion(old))) == bytes)
    var changed = old
    changed[changed.count - 1] ^= 1
    #expect(try Self.contents(Checkpoint.read(ByteRegion(changed))) != bytes)
  }

  @Test("sums that are none are refused", arguments: ["", "12", "0000000g", "00000000"])
  func wrongSums(_ text: String) {
    let header = Array("{\"__metadata__\":{\"vizcnn_crc32\":\"\(text)\"}}".utf8)
    let file = ZipBuilder.number(UInt64(header.count)) + header
    #expect(throws: CheckpointError.self) { try Safetensors(ByteRegion(file)) }
  }

  @Test("a header that a program has written in its own way is told with the way out")
  func rewritten() throws {
    let bytes = try Self.contents(Self.checkpoint())
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let spaced = header.replacing("\"vizcnn_crc32\":", with: "\"vizcnn_crc32\": ")
    try #require(spaced != header)
    let file =
      ZipBuilder.number(UInt64(spaced.utf8.count)) + Array(spaced.utf8) + bytes[(8 + length)...]
    let error = #expect(throws: CheckpointError.self) { try Safetensors(ByteRegion(file)) }
    guard case .damaged = error else { Issue.record("\(String(describing: error))"); return }
    #expect(error?.hint?.contains("leave them out") == true)
  }

  @Test("the sums of a file with spaces and tensors by the alphabet are read as theirs")
  func foreignOrder() throws {
    let numbers = [UInt8](1...12)
    let (first, second) = (ByteRegion(Array(numbers[..<8])), ByteRegion(Array(numbers[8...])))
    func file(_ sum: UInt32) -> [UInt8] {
      let sums = [sum, first.crc32, second.crc32].map { sum in
        let text = String(sum, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
      }
      let header = Array(
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}, \
        "b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}, \
        "__metadata__":{"vizcnn_crc32":"\(sums.joined(separator: " "))"}}
        """.utf8)
      return ZipBuilder.number(UInt64(header.count)) + header
    }
    let sealed = file(ByteRegion(file(0)).crc32)
    let read = try Safetensors(ByteRegion(sealed + numbers))
    #expect(read.tensors.map(\.name) == ["a", "b"])
    #expect(throws: CheckpointError.self) {
      try Safetensors(ByteRegion(sealed + numbers.reversed()))
    }
  }
}
