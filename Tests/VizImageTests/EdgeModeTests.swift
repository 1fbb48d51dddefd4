import Testing
import VizImage

@Suite("Edge modes")
struct EdgeModeTests {
  private func line(_ mode: EdgeMode, _ row: String, reach: Int) -> String {
    let letters = Array(row)
    return String(
      (-reach..<(letters.count + reach)).map { i in
        let index = mode.sourceIndex(i, count: letters.count)
        return index < 0 ? "·" : letters[index]
      })
  }

  @Test("look up what their diagrams show")
  func diagrams() {
    #expect(line(.extend, "abcdefgh", reach: 4) == "aaaaabcdefghhhhh")
    #expect(line(.pad(0), "abcdefgh", reach: 4) == "····abcdefgh····")
    #expect(line(.mirror, "abcdefgh", reach: 4) == "dcbaabcdefghhgfe")
    #expect(line(.reflect101, "abcdefgh", reach: 4) == "edcbabcdefghgfed")
    #expect(line(.wrap, "abcdefgh", reach: 4) == "efghabcdefghabcd")
    #expect(line(.renormalize, "abcdefgh", reach: 4) == "····abcdefgh····")
  }

  @Test("bounce as often as a narrow picture needs")
  func narrow() {
    #expect(line(.mirror, "ab", reach: 5) == "aabbaabbaabb")
    #expect(line(.reflect101, "ab", reach: 4) == "ababababab")
    #expect(line(.reflect101, "abc", reach: 6) == "cbabcbabcbabcba")
    #expect(line(.wrap, "abc", reach: 4) == "cabcabcabca")
    #expect(line(.mirror, "a", reach: 3) == "aaaaaaa")
    #expect(line(.reflect101, "a", reach: 3) == "aaaaaaa")
    #expect(line(.extend, "ab", reach: 3) == "aaaabbbb")
  }

  @Test("are read by their names, and written the same")
  func parsing() throws {
    for mode in EdgeMode.all {
      #expect(try EdgeMode(parsing: mode.name) == mode)
      #expect(mode.description == mode.name)
    }
    #expect(EdgeMode.names.count == 7)
    for (text, value) in [
      ("pad:12.5", 12.5), ("pad:-3", -3), ("pad:0", 0), ("pad:1e3", 1000), ("pad:255", 255),
    ] {
      #expect(try EdgeMode(parsing: text) == .pad(value))
    }
    #expect(EdgeMode.pad(12.5).description == "pad:12.5")
    #expect(EdgeMode.pad(128).description == "pad:128")
  }

  private func message(_ text: String) -> String {
    do throws(ImageError) {
      _ = try EdgeMode(parsing: text)
      return "read"
    } catch {
      return error.description
    }
  }

  @Test("refuse a bare reflect and show both diagrams")
  func reflect() {
    let message = message("reflect")
    #expect(message.contains("dcba|abcdefgh|hgfe"))
    #expect(message.contains("edcb|abcdefgh|gfed"))
    #expect(message.contains("mirror") && message.contains("reflect101"))
  }

  @Test("say what was meant where a name is wrong")
  func wrongNames() {
    #expect(message("mirorr").contains("did you mean 'mirror'?"))
    #expect(message("reflect11").contains("did you mean 'reflect101'?"))
    #expect(message("warp").contains("did you mean 'wrap'?"))
    #expect(!message("nothing-alike").contains("did you mean"))
    #expect(message("nothing-alike").contains("extend, pad, crop, mirror, reflect101, wrap"))
    for text in ["pad:", "pad:x", "pad:nan", "pad:inf", "pad:1,2"] {
      #expect(message(text).contains("pad:128"), "\(text)")
    }
    for text in ["", "EXTEND", " extend", "pad 3", "crop:1"] {
      #expect(message(text) != "read", "\(text)")
    }
  }
}
