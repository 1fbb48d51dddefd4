import Testing
import VizFiles

@Suite("JSON")
struct JSONParserTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue(json: Array(text.utf8))
  }

  @Test(
    "what is written is read again",
    arguments: [
      "null", "true", "false", "0", "-1", "1.5", "1e+300", "\"\"", "[]", "{}",
      "[1,[2,{\"a\":null}],\"b\"]", "{\"z\":1,\"a\":[true,false]}",
      "\"ä \\\" \\\\ \\n \\t \\r \\u0001 \u{1F600}\"",
    ])
  func roundTrip(_ text: String) throws {
    #expect(try parse(text).text == text)
  }

  @Test("spaces, escapes and number forms of RFC 8259 are understood")
  func forms() throws {
    #expect(try parse(" \n[ 1 ,\t2 ]\r").ints == [1, 2])
    #expect(try parse("\"\\u00e4\\ud83d\\ude00\\/\\b\\f\"").string == "ä😀/\u{8}\u{c}")
    #expect(try parse("[-0.5e-1, 12E2]").elements?.compactMap(\.number) == [-0.05, 1200])
    #expect(try parse("9007199254740992").int == 1 << 53)
    #expect(try parse("{\"a\":{\"b\":3}}")["a"]?["b"]?.int == 3)
    #expect(try parse("1.5").int == nil)
  }

  @Test(
    "everything else is an error with its place",
    arguments: [
      ("", 0), (" ", 1), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1),
      ("{\"a\":1,}", 7),
      ("{\"a\":1,\"a\":2}", 7), ("01", 0), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2), ("+1", 0),
      ("1e999", 0), ("NaN", 0), ("nul", 0), ("tru", 0), ("\"a", 2), ("\"\u{1}\"", 1),
      ("\"\\x\"", 2), ("\"\\u12\"", 3), ("\"\\u+123\"", 3), ("\"\\ud800\"", 3),
      ("\"\\ud800\\u0041\"", 3),
      ("1 2", 2), ("[", 1), ("{", 1), ("]", 0), ("\u{FEFF}1", 0),
    ])
  func errors(_ text: String, _ offset: Int) {
    do {
      _ = try parse(text)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.offset == offset, "\(text): \(error)")
    }
  }

  @Test("bytes that are no UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONError.self) { try JSONValue(json: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(json: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test("depth and number of values are limited")
  func limits() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try JSONValue(json: nested(64)) }
    #expect(throws: JSONError.self) { try JSONValue(json: nested(65)) }
    #expect(throws: JSONError.self) { try JSONValue(json: nested(1_000_000)) }
    let five = Array("[1,2,3,4]".utf8)
    #expect(throws: Never.self) { try JSONValue(json: five, limits: JSONLimits(values: 5)) }
    #expect(throws: JSONError.self) { try JSONValue(json: five, limits: JSONLimits(values: 4)) }
  }

  @Test("many escapes take no more than linear time")
  func manyEscapes() throws {
    let text = "\"" + String(repeating: "\\n", count: 1_000_000) + "\""
    #expect(try parse(text).string?.utf8.count == 1_000_000)
  }
}
