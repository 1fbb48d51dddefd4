import Testing

@testable import VizCLI

@Suite("Tables and numbers of bytes")
struct TextTableTests {
  @Test("columns stand below each other, also behind letters that take two of a terminal")
  func columns() {
    var table = TextTable([("class", .left), ("n", .right)])
    for name in ["cat", "кот", "猫猫猫", "😀", "ねこ cat"] { table.add([name, "7"]) }
    #expect(
      table.lines == [
        "class     n", "cat       7", "кот       7", "猫猫猫    7", "😀        7", "ねこ cat  7",
      ])
  }

  @Test("bytes are told in what is nearest, and never as 0 of something")
  func bytes() {
    for (count, text) in [
      (0, "0 bytes"), (5, "5 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (4_542, "4.54 kB"),
      (28_881, "28.9 kB"), (999_999, "1000 kB"), (1_648_877, "1.65 MB"), (9_912_422, "9.91 MB"),
      (170_052_171, "170.1 MB"),
    ] {
      #expect(byteSize(count) == text)
    }
  }
}
