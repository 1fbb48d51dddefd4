import Testing
import VizImage
import VizTestSupport

@Suite("Kernel texts")
struct KernelParserTests {
  private func parse(_ text: String, isMat: Bool = false) throws -> Kernel {
    try KernelParser.parse(text, isMat: isMat)
  }

  /// `line:column message`.
  private func failure(_ text: String, isMat: Bool = false) -> String {
    do throws(KernelSyntaxError) {
      _ = try KernelParser.parse(text, isMat: isMat)
      return "read"
    } catch {
      return "\(error.line ?? 0):\(error.column ?? 0) \(error.message)"
    }
  }

  @Test("ImageMagick's strings are read in any arrangement")
  func imageMagick() throws {
    let sharpen: [[Double]] = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    for text in [
      "3x3: 0,-1,0, -1,5,-1, 0,-1,0", "3: 0 -1 0 -1 5 -1 0 -1 0",
      "3x3:0,-1,0,-1,5,-1,0,-1,0", "  3x3 :\n0,-1,0\n-1,5,-1\n0,-1,0\n",
      "3x3:\r\n0 -1 0\r\n-1 5 -1\r\n0 -1 0\r\n", "# sharpen: crisp\n3x3: 0,-1,0, -1,5,-1, 0,-1,0",
    ] {
      #expect(rows(try parse(text)) == sharpen, "\(text)")
    }
    let kernel = try parse("3x2+2+0: 1,2,3, 4,5,6")
    #expect(rows(kernel) == [[1, 2, 3], [4, 5, 6]])
    #expect(kernel.anchorX == 2 && kernel.anchorY == 0)
    #expect(rows(try parse("1x1: 7")) == [[7]])
    #expect(rows(try parse("3x1: 1/3, -1/4 2/1")) == [[1.0 / 3, -0.25, 2]])
    #expect(rows(try parse("2x1: 1e-3, +.5")) == [[0.001, 0.5]])
  }

  @Test("mat files have two or four numbers in their first line")
  func mat() throws {
    let four = try parse("3 2 9 0.5\n1 2 3\n4 5 6\n", isMat: true)
    #expect(rows(four) == [[1, 2, 3], [4, 5, 6]])
    #expect(four.scale == 1.0 / 9 && four.offset == 0.5)
    let two = try parse("3 2\n1 2 3\n4 5 6", isMat: true)
    #expect(two.scale == 1 && two.offset == 0 && two.width == 3)
    #expect(rows(try parse("2 2\n1 2\n3 4", isMat: true)) == [[1, 2], [3, 4]])
    // Without the file's name saying so, only where the text is no matrix otherwise.
    #expect(rows(try parse("3 2 9 0\n1 2 3\n4 5 6")) == [[1, 2, 3], [4, 5, 6]])
    #expect(rows(try parse("2 2\n1 2\n3 4")) == [[2, 2], [1, 2], [3, 4]])
    #expect(rows(try parse("\"3\",\t1,1,0\n1,2,3", isMat: true)) == [[1, 2, 3]])
  }

  @Test("matrices are rows between commas, blanks, tabs or semicolons")
  func matrices() throws {
    let expected: [[Double]] = [[1, 2], [3, 4]]
    for text in [
      "1,2\n3,4", "1 2\n3 4", "1\t2\n3\t4\n", "1 2; 3 4", "1,2;3,4;", "1, 2,\n3, 4",
      "# two\n1 2 # the first: row\n\n3 4", "1 2\r\n3 4\r\n", "\n\n 1  2 \n\t3 4 ",
      "\"1\" \"2\"\n\"3\" \"4\"", "1.0,2e0\n30e-1,+4", "# a:b\n1 2\n3 4", "\u{FEFF}1,2\r\n3,4\r\n",
    ] {
      #expect(rows(try parse(text)) == expected, "\(text)")
    }
    #expect(rows(try parse("-1,0,1")) == [[-1, 0, 1]])
    #expect(rows(try parse("1\n2\n3")) == [[1], [2], [3]])
    #expect(rows(try parse("5")) == [[5]])
    let row = (0..<255).map { "\($0)" }.joined(separator: ",")
    #expect(try parse(row).width == 255)
    #expect(try parse(row.split(separator: ",").joined(separator: "\n")).height == 255)
  }

  @Test("every mistake is pointed at")
  func mistakes() {
    let long = [String](repeating: "1", count: 256)
    let cases: [(String, String)] = [
      ("", "0:0 it is empty"), (" \n\t\r\n", "0:0 it is empty"), ("# nothing", "0:0 it is empty"),
      ("1 2 3\n4 5\n6 7 8", "2:1 this row has 2 numbers; the first has 3"),
      ("3,1\n1,2,1", "2:1 this row has 3 numbers; the first has 2"),
      ("1 2\n  3 4 5\n6 7", "2:3 this row has 3 numbers; the first has 2"),
      ("1 2\n3 nan", "2:3 'nan' is no weight"), ("1,inf", "1:3 'inf' is no weight"),
      ("-Infinity 1", "1:1 '-Infinity' is no weight"), ("1 1e999", "1:3 '1e999' is not finite"),
      ("1 1/0", "1:3 '1/0' is not finite"), ("0/0", "1:1 '0/0' is not finite"),
      ("1 x", "1:3 'x' is no number"), ("1 0x10", "1:3 '0x10' is no number"),
      ("1 --2", "1:3 '--2' is no number"), ("1/2/3", "1:1 '1/2/3' is no number"),
      ("/2", "1:1 '/2' is no number"), ("1 −2", "1:3 '−2' is no number"),
      ("1,,2", "1:3 a number is missing"), (",1", "1:1 a number is missing"),
      ("1,2,", "1:4 a number is missing after the comma"),
      ("1 2\n3,\n", "2:2 a number is missing after the comma"),
      ("1 2\n4:5 6", "2:1 '4:5' is no number"),
      (long.joined(separator: ","), "1:1 256×1 taps; 1 to 255 a side"),
      (long.joined(separator: "\n"), "1:1 1×256 taps; 1 to 255 a side"),
      ("256x1: 1", "1:1 256×1 taps"), ("0x3: 1", "1:1 0×3 taps"),
      ("3x3: 1,2", "1:9 found 2 numbers; 3x3 needs 9"), ("1x1: 1 2", "1:8 found 2 numbers"),
      ("2x2: 1,2;3,4", "1:9 ';3' is no number"),
      ("3x3+3+0: 1 2 3 4 5 6 7 8 9", "1:1 the anchor +3+0 lies outside 3x3"),
      ("3x3+1: 1", "1:1 '3x3+1' is no size"), ("ax3: 1", "1:1 'ax3' is no size"),
      ("3x3x3: 1", "1:1 '3x3x3' is no size"), ("-3x3: 1", "1:1 '-3x3' is no size"),
      ("3 3: 1", "1:1 '3 3' is no size"), ("99999999999999999999x1: 1", "1:1 '9999999999999999"),
      ("\n  : 1", "2:3 '' is no size"), ("é: 1", "1:1 'é' is no size"), ("éé ü", "1:1 'éé'"),
      ("1 é 2\n", "1:3 'é'"), ("\u{FEFF}x", "1:1 'x'"), ("1 ☃☃ é", "1:3 '☃☃'"),
      ("\"é\" 1", "1:2 'é'"),
    ]
    for (text, expected) in cases {
      let found = failure(text)
      #expect(found.hasPrefix(expected), "'\(text.prefix(40))': \(found)")
    }
  }

  @Test("every mistake in a mat file is pointed at")
  func matMistakes() {
    let cases: [(String, String)] = [
      ("3 2 0 1\n1 2 3\n4 5 6", "1:5 a scale of 0 divides by zero"),
      ("3 2 1e-320 1\n1 2 3\n4 5 6", "1:5 a scale of"),
      ("3 2 9\n1 2 3", "1:1 the first line has 3"),
      ("3 2\n1 2 3", "1:1 found 1 rows after the header; it says 2"),
      ("3 1\n1 2 3\n4 5 6", "1:1 found 2 rows after the header; it says 1"),
      ("3 2\n1 2 3\n 4 5", "3:2 this row has 2 numbers; the header says 3"),
      ("2.5 1\n1 2", "1:1 width and height are whole numbers"),
      ("0 1\n1", "1:1 0×1 taps"), ("300 1\n1", "1:1 300×1 taps"), ("-3 1\n1", "1:1 -3×1 taps"),
      ("1e300 1\n1", "1:1 "), ("", "0:0 it is empty"), ("3 2", "1:1 found 0 rows"),
    ]
    for (text, expected) in cases {
      let found = failure(text, isMat: true)
      #expect(found.hasPrefix(expected), "'\(text)': \(found)")
    }
  }

  @Test("errors say line and column where there is one")
  func descriptions() {
    #expect(KernelSyntaxError("x", line: 2, column: 5).description == "kernel, line 2, column 5: x")
    #expect(KernelSyntaxError("x").description == "kernel: x")
  }

  @Test("megabytes of garbage are refused in no time")
  func garbage() {
    let size = KernelParser.maximumBytes
    for piece in ["x", ",", "\n", ";", "#", ":", "1", "1 ", "/", "\"", "é", "-", "\t,"] {
      let text = String(repeating: piece, count: size / piece.utf8.count)
      #expect(failure(text) != "read", "\(piece)")
      #expect(failure(text, isMat: true) != "read", "\(piece)")
    }
    let half = String(repeating: "\n", count: size / 2 - 1) + "1"
    #expect(failure(half + String(repeating: ",1", count: size / 4)).contains("255×255"))
    #expect(failure("1" + String(repeating: "+", count: 1 << 20) + ":").contains("is no size"))
    #expect(failure("0." + String(repeating: "0", count: 300) + "1") == "read")
    #expect(failure(String(repeating: "1", count: size + 1)).contains("too many"))
    let error = failure("1 " + String(repeating: "é", count: 1000))
    #expect(error.utf8.count < 200)
  }

  private static let valid = [
    "3x3+1+1: 0,-1,0, -1,5.5,-1e2, 0,1/3,0", "3 2 9 0.5\n1 2 3\n4 5 6\n", "1,2;3,4", "1 2\r\n3 4",
    "# c: d\n\"1\"\t-2e-3\n3 +4 # é\n",
  ]

  @Test("every prefix of a valid text is read or refused")
  func prefixes() {
    for text in Self.valid {
      for length in 0...text.utf8.count {
        let prefix = String(decoding: text.utf8.prefix(length), as: UTF8.self)
        for isMat in [false, true] { #expect(!failure(prefix, isMat: isMat).isEmpty) }
      }
    }
  }

  @Test("random bytes are read or refused")
  func fuzz() {
    var random = SplitMix64(seed: 0xF5)
    let alphabet = Array("0123456789.,;:x+-/eE#\"\n\r\t  nai\u{00e9}\u{2212}".utf8)
    var (accepted, misplaced) = (0, 0)
    for round in 0..<200_000 {
      var bytes: [UInt8]
      switch round % 3 {
      case 0:
        bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
      case 1:
        bytes = (0..<Int.random(in: 0...16, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
      default:  // a valid text with some bytes changed
        bytes = Array(Self.valid[round % Self.valid.count].utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] =
            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(KernelSyntaxError) {
        let kernel = try KernelParser.parse(text, isMat: round % 2 == 0)
        accepted += kernel.taps.allSatisfy(\.isFinite) ? 1 : 0
      } catch {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        if let line = error.line, !(1...lines ~= line) { misplaced += 1 }
        if let column = error.column, !(1...(text.count + 1) ~= column) { misplaced += 1 }
      }
    }
    #expect(accepted > 10_000)
    #expect(misplaced == 0)
  }
}
