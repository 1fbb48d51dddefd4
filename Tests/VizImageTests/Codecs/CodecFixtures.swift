import Foundation
import Testing
import VizImage

/// Files of `Fixtures/Codecs`, made by the script beside them, and of the folder of real data.
enum CodecFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/Codecs")

  /// The folder that `VIZCNN_DATA` names.
  static let data = ProcessInfo.processInfo.environment["VIZCNN_DATA"].map { URL(filePath: $0) }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func data(_ path: String) throws -> [UInt8] {
    guard let data else { throw CocoaError(.fileNoSuchFile) }
    return [UInt8](try Data(contentsOf: data.appending(path: path)))
  }

  /// A line of a table: what a file must decode to, before any orientation is applied.
  struct Expected: CustomTestStringConvertible, Sendable {
    let name: String
    let width: Int
    let height: Int
    let layout: ChannelLayout
    let sampleType: SampleType
    let digest: UInt64

    var testDescription: String { name }

    init?(_ line: Substring) {
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 6, let width = Int(fields[1]), let height = Int(fields[2]),
        let layout = ChannelLayout(rawValue: fields[3]),
        let sampleType = SampleType(rawValue: fields[4]),
        let digest = UInt64(fields[5], radix: 16)
      else { return nil }
      (name, self.width, self.height) = (fields[0], width, height)
      (self.layout, self.sampleType, self.digest) = (layout, sampleType, digest)
    }
  }

  static func table(_ name: String) -> [Expected] {
    guard let text = try? String(decoding: bytes(name), as: UTF8.self) else { return [] }
    return text.split(separator: "\n").compactMap(Expected.init)
  }

  static let expected = table("expected.tsv")
}

extension Image {
  /// The samples' bytes in memory order.
  var sampleBytes: [UInt8] {
    func bytes<S: Sample>(_ type: S.Type) -> [UInt8] {
      samples(as: S.self).withUnsafeBytes { [UInt8]($0) }
    }
    return switch sampleType {
    case .uint8: bytes(UInt8.self)
    case .uint16: bytes(UInt16.self)
    case .int16: bytes(Int16.self)
    case .float: bytes(Float.self)
    }
  }

  /// FNV-1a 64 of the samples' bytes.
  var digest: UInt64 {
    sampleBytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  func isSame(as other: Image) -> Bool {
    width == other.width && height == other.height && layout == other.layout
      && sampleType == other.sampleType && sampleBytes == other.sampleBytes
  }

  /// A picture of seeded noise over slopes.
  static func random(
    width: Int, height: Int, layout: ChannelLayout, sampleType: SampleType, seed: UInt64 = 1
  ) -> Image {
    var random = CodecRandom(state: seed)
    let count = width * height * layout.channels
    func values(_ top: Int) -> [Int] {
      (0..<count).map {
        (($0 / layout.channels % width) * top / width + Int(random.next() % 37)) % (top + 1)
      }
    }
    return switch sampleType {
    case .uint8:
      Image(width: width, height: height, layout: layout, samples: values(255).map { UInt8($0) })
    case .uint16:
      Image(
        width: width, height: height, layout: layout, samples: values(65_535).map { UInt16($0) })
    case .int16:
      Image(width: width, height: height, layout: layout, samples: values(32_767).map { Int16($0) })
    case .float:
      Image(
        width: width, height: height, layout: layout,
        samples: values(65_535).map { Float($0) / 65_535 })
    }
  }
}

/// SplitMix64.
struct CodecRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
