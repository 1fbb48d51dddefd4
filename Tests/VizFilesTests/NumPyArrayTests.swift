import Foundation
import Testing
import VizFiles

@Suite("NumPy arrays")
struct NumPyArrayTests {
  // The files that NumPy 2.4 writes:
  //   f = io.BytesIO(); np.lib.format.write_array(f, ARRAY, version=VERSION)
  //   b = f.getvalue(); n = 10 if VERSION == (1, 0) else 12
  //   print(b[n:128].decode().strip(), b[128:].hex())
  // Header and version are followed by spaces and a line end up to byte 128.
  static let fixtures: [(version: UInt8, header: String, hex: String, array: NumPyArray)] = [
    // np.array([True, False, True])
    (
      1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", "010001",
      NumPyArray(shape: [3], elements: .bool([true, false, true]))
    ),
    // np.array([0, 127, 255], 'u1')
    (
      1, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "007fff",
      NumPyArray(shape: [3], elements: .uint8([0, 127, 255]))
    ),
    // np.array([1, 258, 65535], '>u2')
    (
      1, "{'descr': '>u2', 'fortran_order': False, 'shape': (3,), }", "00010102ffff",
      NumPyArray(shape: [3], elements: .uint16([1, 258, 65_535]))
    ),
    // np.array([-32768, -1, 32767], '<i2')
    (
      1, "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", "0080ffffff7f",
      NumPyArray(shape: [3], elements: .int16([-32_768, -1, 32_767]))
    ),
    // np.array([-2147483648, -1, 258], '>i4')
    (
      1, "{'descr': '>i4', 'fortran_order': False, 'shape': (3,), }", "80000000ffffffff00000102",
      NumPyArray(shape: [3], elements: .int32([.min, -1, 258]))
    ),
    // np.array([-2**63, 2**53 + 1, 7], '<i8')
    (
      1, "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
      "000000000000008001000000000020000700000000000000",
      NumPyArray(shape: [3], elements: .int64([.min, 9_007_199_254_740_993, 7]))
    ),
    // np.array([[1, 2.5, -3], [0, 1e10, 0.1]], '<f4')
    (
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "0000803f00002040000040c000000000f9021550cdcccc3d",
      NumPyArray(shape: [2, 3], elements: .float([1, 2.5, -3, 0, 1e10, 0.1]))
    ),
    // np.array([0.1, -np.inf, 1e300], '<f8')
    (
      1, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
      "9a9999999999b93f000000000000f0ff9c7500883ce4377e",
      NumPyArray(shape: [3], elements: .double([0.1, -.infinity, 1e300]))
    ),
    // np.asfortranarray(np.arange(6, dtype='u1').reshape(2, 3))
    (
      1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "000301040205",
      NumPyArray(shape: [2, 3], elements: .uint8([0, 1, 2, 3, 4, 5]))
    ),
    // np.asfortranarray(np.arange(24, dtype='u1').reshape(2, 3, 4))
    (
      1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }",
      "000c0410081401 0d0511091502 0e06120a16030f 07130b17".filter { $0 != " " },
      NumPyArray(shape: [2, 3, 4], elements: .uint8(Array(0..<24)))
    ),
    // np.array(7, '<f4')
    (
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "0000e040",
      NumPyArray(shape: [], elements: .float([7]))
    ),
    // np.zeros((0, 3), '<f4')
    (
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "",
      NumPyArray(shape: [0, 3], elements: .float([]))
    ),
    // np.array([[1, 2], [3, 4]], '<u2'), version (2, 0)
    (
      2, "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }", "0100020003000400",
      NumPyArray(shape: [2, 2], elements: .uint16([1, 2, 3, 4]))
    ),
    // np.array([[1, 2], [3, 4]], '>f4'), version (3, 0)
    (
      3, "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }",
      "3f800000400000004040000040800000",
      NumPyArray(shape: [2, 2], elements: .float([1, 2, 3, 4]))
    ),
  ]

  // np.asfortranarray(np.arange(24, dtype='u1').reshape(2, 3, 1, 4))
  @Test("Fortran order of any number of dimensions") func fortranOrder() throws {
    let hex = "000c041008140 10d0511091502 0e06120a16030f 07130b17".filter { $0 != " " }
    for shape in [[2, 3, 1, 4], [1, 2, 3, 4], [2, 1, 1, 3, 4, 1]] {
      let text = shape.map(String.init).joined(separator: ", ")
      let file = Self.file(
        version: 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (\(text)), }", hex)
      #expect(
        try NumPyArray(npy: file) == NumPyArray(shape: shape, elements: .uint8(Array(0..<24))))
    }
  }

  // np.array([1, -2, 65504, inf, 5.9604645e-08], '<f2'), np.array([-128, 127], 'i1'),
  // np.array([4294967295, 7], '>u4')
  @Test("types that a larger one holds are read as that one") func readsSmallTypes() throws {
    func read(_ type: String, _ count: Int, _ hex: String) throws -> NumPyArray.Elements {
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(count),), }"
      return try NumPyArray(npy: Self.file(version: 1, header, hex)).elements
    }
    #expect(
      try read("<f2", 5, "003c00c0ff7b007c0100")
        == .float([1, -2, 65_504, .infinity, 5.9604645e-08]))
    #expect(try read("|i1", 2, "807f") == .int16([-128, 127]))
    #expect(try read(">u4", 2, "ffffffff00000007") == .int64([4_294_967_295, 7]))
  }

  @Test("every type, byte order, version and memory order that NumPy writes is read")
  func readsNumPy() throws {
    for fixture in Self.fixtures {
      let file = Self.file(version: fixture.version, fixture.header, fixture.hex)
      #expect(try NumPyArray(npy: file) == fixture.array, "\(fixture.header)")
    }
  }

  @Test("what is written equals NumPy's elements byte for byte, and is read back")
  func writes() throws {
    for fixture in Self.fixtures {
      #expect(try NumPyArray(npy: fixture.array.npy) == fixture.array)
      let isOurOrder = !fixture.header.contains(">") && !fixture.header.contains("True")
      if isOurOrder {
        let size = fixture.hex.utf8.count / 2
        let expected = Self.file(version: 1, fixture.header, fixture.hex).suffix(size)
        #expect(fixture.array.npy.suffix(size) == expected)
        #expect(fixture.array.npy.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
      }
    }
  }

  @Test("elements start at a multiple of 64 bytes for every length of the header")
  func alignment() throws {
    for digits in 0..<12 {
      let shape = [0, (0..<digits).reduce(1) { value, _ in value * 10 }]
      let file = NumPyArray(shape: shape, elements: .float([])).npy
      #expect(file.count % 64 == 0, "\(shape)")
      #expect(try NumPyArray(npy: file).shape == shape)
    }
  }

  @Test("every prefix of a file is refused, and so is a byte more")
  func prefixes() {
    for fixture in Self.fixtures {
      let file = Self.file(version: fixture.version, fixture.header, fixture.hex)
      for length in 0..<file.count {
        #expect(throws: NumPyError.self, "\(length) bytes of \(fixture.header)") {
          try NumPyArray(npy: Array(file[..<length]))
        }
      }
      #expect(
        throws: NumPyError.wrongLength(.trailing(offset: file.count, count: 1)),
        "\(fixture.header)"
      ) { try NumPyArray(npy: file + [0]) }
    }
  }

  @Test("one changed byte anywhere gives an array or an error, never a crash")
  func changedBytes() {
    for fixture in Self.fixtures {
      let file = Self.file(version: fixture.version, fixture.header, fixture.hex)
      for place in file.indices {
        for value: UInt8 in [0, 0x20, 0x27, 0x28, 0x2c, 0x39, 0xff, file[place] ^ 1] {
          var changed = file
          changed[place] = value
          if let array = try? NumPyArray(npy: changed) {
            #expect(array.elements.count == array.shape.reduce(1, *))
          }
        }
      }
    }
  }

  @Test(
    "a header that breaks the rules is refused",
    arguments: [
      "", "{", "{}", "{'descr': '<f4'}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [1,], }",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (1,), }",
      "{'descr': 'f4', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4, 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 9), }",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846975,), }",
    ])
  func brokenHeaders(header: String) {
    let error = #expect(throws: NumPyError.self) {
      try NumPyArray(npy: Self.file(version: 1, header, "00000000"))
    }
    #expect(error?.description.isEmpty == false)
  }

  @Test("keys may come in any order, with either quote and without the last comma")
  func looseHeaders() throws {
    let header = "{\"shape\":(2,),  'fortran_order' : False, 'descr':\"=u1\"}"
    #expect(
      try NumPyArray(npy: Self.file(version: 1, header, "0102"))
        == NumPyArray(shape: [2], elements: .uint8([1, 2])))
  }

  @Test("an array without elements is read at once, however long its dimensions are")
  func emptyArrays() throws {
    for order in ["True", "False"] {
      let header =
        "{'descr': '|u1', 'fortran_order': \(order), 'shape': (1152921504606846, 0, 7), }"
      let array = try NumPyArray(npy: Self.file(version: 1, header, ""))
      #expect(array.shape == [1_152_921_504_606_846, 0, 7] && array.elements.count == 0)
    }
  }

  @Test("unknown versions, long headers and odd Booleans are named")
  func otherErrors() {
    let header = Self.fixtures[0].header
    #expect(throws: NumPyError.notNumPy) { try NumPyArray(npy: Array("not an array".utf8)) }
    #expect(throws: NumPyError.unsupportedVersion(major: 4, minor: 0)) {
      try NumPyArray(npy: Self.file(version: 4, header, "010001"))
    }
    #expect(throws: NumPyError.invalidBool(offset: 129, found: 2)) {
      try NumPyArray(npy: Self.file(version: 1, header, "010201"))
    }
    #expect(throws: NumPyError.self) {
      try NumPyArray(npy: [0x93] + Array("NUMPY".utf8) + [2, 0, 0xff, 0xff, 0xff, 0xff])
    }
  }

  @Test("elements convert to Float64")
  func doubles() throws {
    let array = NumPyArray(shape: [2], elements: .bool([true, false]))
    #expect(array.doubles == [1, 0])
    #expect(Self.fixtures[3].array.doubles == [-32_768, -1, 32_767])
    #expect(Self.fixtures[7].array.doubles == [0.1, -.infinity, 1e300])
  }

  /// A file laid out as NumPy does: the elements start at byte 128.
  static func file(version: UInt8, _ header: String, _ hex: String) -> [UInt8] {
    let prefix = version == 1 ? 10 : 12
    let space = String(repeating: " ", count: max(127 - prefix - header.utf8.count, 0)) + "\n"
    let text = Array((header + space).utf8)
    let length = [UInt8(text.count & 0xff), UInt8(text.count >> 8)] + (version == 1 ? [] : [0, 0])
    let digits = Array(hex)
    let payload = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + payload
  }
}

@Suite("ByteReader")
struct ByteReaderTests {
  @Test("numbers are read in both byte orders")
  func numbers() throws {
    var reader = ByteReader([1, 2, 3, 4, 5, 6, 0xff, 0xfe, 9])
    #expect(try reader.littleEndian(UInt16.self) == 0x0201)
    #expect(try reader.bigEndian(UInt32.self) == 0x0304_0506)
    #expect(try reader.bigEndian(Int16.self) == -2)
    #expect(reader.next == 9)
    #expect(throws: ByteError.trailing(offset: 8, count: 1)) { try reader.expectEnd() }
    #expect(try reader.littleEndian(UInt8.self) == 9)
    try reader.expectEnd()
    #expect(reader.next == nil)
  }

  @Test("reading past the end says where, how much and what was there, and moves nothing")
  func truncated() throws {
    var reader = ByteReader([1, 2, 3, 4], range: 1..<3)
    #expect(throws: ByteError.truncated(offset: 1, expected: 4, found: 2)) {
      try reader.littleEndian(UInt32.self)
    }
    #expect(throws: ByteError.truncated(offset: 1, expected: .max, found: 2)) {
      try reader.skip(.max)
    }
    #expect(throws: ByteError.truncated(offset: 1, expected: -1, found: 2)) {
      try reader.read(-1)
    }
    #expect(try reader.read(2) == [2, 3])
    #expect(reader.remaining == 0)
  }
}
