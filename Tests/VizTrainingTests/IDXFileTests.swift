import Testing
import VizTraining

@Suite("IDX files")
struct IDXFileTests {
  /// 2×3 numbers.
  private static let plain: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 5]

  // The same in two members, the first of seven bytes, printed with Python 3.11:
  //   c = zlib.compressobj(9, zlib.DEFLATED, 31); list(c.compress(part) + c.flush())
  private static let members: [[UInt8]] = [
    [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 98, 96, 96, 0, 0, 52, 92, 21, 7, 7, 0, 0,
      0,
    ],
    [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 98, 96, 96, 96, 102, 96, 100, 98, 102, 97, 5, 0, 89,
      124, 42, 131, 11, 0, 0, 0,
    ],
  ]

  @Test("are read within gzip or without")
  func whole() throws {
    for bytes in [Self.plain, Array(Self.members.joined())] {
      let file = try IDXFile(bytes: bytes)
      #expect(file.shape == [2, 3])
      #expect(file.values == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test("are refused where they end early, go on, or are damaged")
  func broken() {
    let gzip = Array(Self.members.joined())
    for bytes in [Self.plain, gzip] {
      for count in bytes.indices {
        #expect(throws: DatasetError.self, "\(count) bytes") {
          try IDXFile(bytes: Array(bytes[..<count]))
        }
      }
      #expect(throws: DatasetError.self) { try IDXFile(bytes: bytes + [0]) }
    }
    var checksum = gzip
    checksum[gzip.count - 8] ^= 1
    #expect(throws: DatasetError.self) { try IDXFile(bytes: checksum) }
    let type = DatasetError.corrupt(
      file: "IDX", record: nil, expected: "IDX of bytes, which begins with 0 0 8",
      found: "0 0 13 2")
    #expect(throws: type) { try IDXFile(bytes: [0, 0, 13, 2] + Self.plain.dropFirst(4)) }
  }
}
