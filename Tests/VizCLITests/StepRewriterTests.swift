import Testing
import VizCNN

@testable import VizCLI

@Suite("StepRewriter")
struct StepRewriterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let words: String
    let expected: String
    var testDescription: String { words }

    init(_ words: String, _ expected: String) {
      self.words = words
      self.expected = expected
    }
  }

  @Test(
    "turns steps into one ordered option",
    arguments: [
      Case("filter --sobel-x a.png", "filter --step sobel-x a.png"),
      Case("filter --gaussian 1.4 --sobel a.png", "filter --step gaussian=1.4 --step sobel a.png"),
      Case("filter --gaussian=1.4 a.png", "filter --step gaussian=1.4 a.png"),
      Case("filter --canny 100,200 a.png", "filter --step canny=100,200 a.png"),
      Case("filter --canny=100,200 a.png", "filter --step canny=100,200 a.png"),
      // Threads as make takes them, in other verbs too.
      Case("filter -j2 --sobel-x a.png", "filter -j 2 --step sobel-x a.png"),
      Case("train -qfj12 x", "train -qfj 12 x"),
      Case("train -jx -j -j=2 --j2 -o -j2 -- -j3", "train -jx -j -j=2 --j2 -o -j2 -- -j3"),
      // The next word is a value only if it is wholly numbers and commas.
      Case("filter --gaussian a.png", "filter --step gaussian a.png"),
      Case("filter --gaussian 7.png", "filter --step gaussian 7.png"),
      Case("filter --gaussian ./7", "filter --step gaussian ./7"),
      Case("filter --gaussian 7 a.png", "filter --step gaussian=7 a.png"),
      Case("filter --gaussian -", "filter --step gaussian -"),
      Case("filter --gaussian -1 a.png", "filter --step gaussian=-1 a.png"),
      Case("filter --gaussian 1,,2 a.png", "filter --step gaussian=1,,2 a.png"),
      Case("filter --gaussian , a.png", "filter --step gaussian , a.png"),
      Case("filter --gaussian 1-2 a.png", "filter --step gaussian 1-2 a.png"),
      Case("filter --gaussian inf a.png", "filter --step gaussian inf a.png"),
      Case("filter --gaussian", "filter --step gaussian"),
      // A preset without parameters takes no word, but keeps what is glued to it.
      Case("filter --identity 7", "filter --step identity 7"),
      Case("filter --identity=7 a.png", "filter --step identity=7 a.png"),
      Case("filter --identity -7 a.png", "filter --step identity=-7 a.png"),
      // What another option owns is no step.
      Case("filter -o --sobel --box a", "filter -o --sobel --step box a"),
      // --kernel takes the next word, whatever it is.
      Case("filter --kernel -1,0,1 a.png", "filter --step kernel=-1,0,1 a.png"),
      Case("filter --kernel=-1,0,1 a.png", "filter --step kernel=-1,0,1 a.png"),
      Case("filter --kernel --sobel a.png", "filter --step kernel=--sobel a.png"),
      Case("filter --kernel @k.mat a.png", "filter --step kernel=@k.mat a.png"),
      Case("filter --kernel=a=b a.png", "filter --step kernel=a=b a.png"),
      Case("filter a.png --kernel", "filter a.png --kernel"),
      // Other words stay where they are; nothing changes behind --.
      Case("filter -o x --sobel --edge pad a", "filter -o x --step sobel --edge pad a"),
      Case("filter --sobel -- --sobel a.png", "filter --step sobel -- --sobel a.png"),
      Case("filter --sobl a.png", "filter --sobl a.png"),
      Case("trace --sobel a.png 12,80", "trace --step sobel a.png 12,80"),
      Case("verify --median 5 a.png", "verify --step median=5 a.png"),
      // Other verbs know no steps.
      Case("presets --sobel", "presets --sobel"),
      Case("--sobel", "--sobel"),
    ])
  func rewrites(_ c: Case) {
    let words = c.words.split(separator: " ").map(String.init)
    #expect(
      StepRewriter.rewrite(words) == c.expected.split(separator: " ").map(String.init))
  }

  @Test(
    "pictures behind the first pass the parser by",
    arguments: [
      ("filter --step box a b -o c d - -q e", "filter --step box a -o c -q", "b d - e"),
      ("filter -qo x a -vj 2 b", "filter -qo x a -vj 2", "b"),
      ("verify a -- -b --step c", "verify a --", "-b --step c"),
      ("filter -- -b --step", "filter -- -b", "--step"),
      ("filter --nope a b", "filter --nope a", "b"),
      ("trace --step box a 1,2", "trace --step box a 1,2", ""),
      ("filter --edge=pad -", "filter --edge=pad -", ""),
    ])
  func setsPicturesAside(_ line: String, _ toParse: String, _ pictures: String) {
    let split = PictureWords.split(line.split(separator: " ").map(String.init))
    #expect(split.toParse.joined(separator: " ") == toParse)
    #expect(split.pictures.joined(separator: " ") == pictures)
  }

  @Test("every preset is a step, also where another verb has an option of its name")
  func knowsAllPresets() {
    for entry in FilterRegistry.all {
      #expect(
        StepRewriter.rewrite(["filter", "--\(entry.name)", "a.png"])
          == ["filter", "--step", entry.name, "a.png"])
    }
  }

  @Test("an empty line stays empty") func keepsNothing() {
    #expect(StepRewriter.rewrite([]) == [])
  }

  @Test("numbers that begin with a minus are shielded from the parser, and come back")
  func shieldsNumbers() {
    #expect(
      StepRewriter.rewrite(["trace", "--sobel", "a.png", "-1,0", "--anchor", "-1,0"])
        == ["trace", "--step", "sobel", "a.png", " -1,0", "--anchor", "-1,0"])
    #expect(StepRewriter.rewrite(["presets", "-1,0,1", "-q"]) == ["presets", " -1,0,1", "-q"])
    #expect(StepRewriter.rewrite(["presets", "-1 0; 2 3"]) == ["presets", " -1 0; 2 3"])
    #expect(StepRewriter.rewrite(["presets", "-", "-q"]) == ["presets", "-", "-q"])
    #expect(StepRewriter.rewrite(["filter", "-1", "-q"]) == ["filter", "-1", "-q"])
    #expect(StepRewriter.plain(" -1,0") == "-1,0")
    for word in [" 1,0", " -x", "-1,0", "a b", " "] { #expect(StepRewriter.plain(word) == word) }
  }

  @Test("text with blanks stays one word") func keepsBlanks() {
    #expect(
      StepRewriter.rewrite(["filter", "--kernel", "3x3: 0,-1,0, -1,5,-1, 0,-1,0", "a.png"])
        == ["filter", "--step", "kernel=3x3: 0,-1,0, -1,5,-1, 0,-1,0", "a.png"])
  }
}
