import Testing
import VizInput

@Suite("Options of the input")
struct InputOptionsTests {
  private static func options(
    preprocess: String? = nil, size: String? = nil, mean: String? = nil, std: String? = nil,
    range: String? = nil
  ) throws(InputError) -> InputOptions {
    try InputOptions(
      preprocess: preprocess, size: size, mean: mean, standardDeviation: std, range: range)
  }

  @Test("are read from text")
  func text() throws {
    let options = try Self.options(
      preprocess: "MNIST", size: "32x48", mean: "0.5,-1,.25", std: "1e-3", range: "-1..1")
    #expect(
      options
        == InputOptions(
          preset: .mnist, size: InputSize(width: 32, height: 48), mean: [0.5, -1, 0.25],
          standardDeviation: [0.001], range: -1...1))
    #expect(try InputSize("7") == InputSize(width: 7, height: 7))
    #expect(try InputSize("1×65535") == InputSize(width: 1, height: 65_535))
    #expect(try Self.options(range: "0..255").range == 0...255)
    #expect(try Self.options() == InputOptions())
  }

  @Test(
    "that cannot be read are refused with what was expected",
    arguments: [
      (
        "--size", ["", "0", "-1", "65536", "32x", "x32", "1x2x3", "32 x 48", "9223372036854775808"]
      ),
      ("--mean", ["", ",", "1,", "a", "nan", "inf", "1e39", "0.1;0.2"]),
      ("--std", ["0", "-1", "1,0,1", "1e-60", "nan"]),
      ("--range", ["", "1", "1..", "..1", "1..1", "1..0", "0..nan", "0..1..2", "0-1"]),
    ])
  func refused(_ option: String, _ texts: [String]) {
    for text in texts {
      do throws(InputError) {
        switch option {
        case "--size": _ = try Self.options(size: text)
        case "--mean": _ = try Self.options(mean: text)
        case "--std": _ = try Self.options(std: text)
        default: _ = try Self.options(range: text)
        }
        Issue.record("\(option) \(text) was read")
      } catch {
        guard case .invalidOption(option, _, found: text) = error else {
          Issue.record("\(option) \(text): \(error)")
          continue
        }
      }
    }
  }

  @Test("name presets, and suggest one where the name is near")
  func presets() {
    #expect(InputPreset.all.map(\.name) == ["mnist", "cifar10", "imagenet"])
    do {
      _ = try Self.options(preprocess: "imagnet")
      Issue.record("was found")
    } catch {
      #expect(error == .unknownPreset("imagnet"))
      #expect("\(error)".hasSuffix("did you mean 'imagenet'?"))
      #expect(error.hint == "known are mnist, cifar10, imagenet")
    }
  }

  @Test("go before the preset, the preset before the checkpoint, all before what is usual")
  func precedence() throws {
    let checkpoint = InputDescription(
      channels: 3, height: 8, width: 9, resizeSide: 11, range: 0...255, mean: [1, 2, 3],
      standardDeviation: [4, 5, 6])
    let open: [Int?] = [nil, 3, nil, nil]
    #expect(
      try InputOptions().description(checkpoint: checkpoint, inputShape: open) == checkpoint)
    #expect(
      try InputOptions(preset: .imagenet).description(checkpoint: checkpoint, inputShape: open)
        == InputPreset.imagenet.input)
    let all = InputOptions(
      preset: .imagenet, size: InputSize(width: 5, height: 4), mean: [0.5],
      standardDeviation: [7, 8, 9], range: -1...1)
    #expect(
      try all.description(checkpoint: checkpoint, inputShape: open)
        == InputDescription(
          channels: 3, height: 4, width: 5, range: -1...1, mean: [0.5, 0.5, 0.5],
          standardDeviation: [7, 8, 9]))
    #expect(
      try InputOptions().description(checkpoint: nil, inputShape: [nil, 1, 28, 30])
        == InputDescription(channels: 1, height: 28, width: 30))
  }

  @Test("keep the side to resize to with the size that it belongs to")
  func resizeSide() throws {
    let options = InputOptions(preset: .imagenet)
    let described = try options.description(checkpoint: nil, inputShape: [1, 3, 224, 224])
    #expect(described.resizeSide == 256)
    let larger = try options.description(checkpoint: nil, inputShape: [1, 3, 299, 299])
    #expect((larger.width, larger.height) == (299, 299))
    #expect(larger.resizeSide == nil)
  }

  @Test("that contradict the network are refused")
  func contradictions() {
    func check(
      _ options: InputOptions, _ shape: [Int?], _ expected: InputError,
      checkpoint: InputDescription? = nil
    ) {
      #expect(throws: expected, "\(options), \(shape)") {
        try options.description(checkpoint: checkpoint, inputShape: shape)
      }
    }
    check(InputOptions(), [nil, 784], .notPictures(shape: [nil, 784]))
    check(InputOptions(), [nil, nil, 8, 8], .notPictures(shape: [nil, nil, 8, 8]))
    check(InputOptions(), [nil, 5, 8, 8], .channels(5))
    check(InputOptions(), [nil, 3, nil, 8], .unknownSize)
    check(InputOptions(), [nil, 3, 0, 8], .unknownSize)
    let size = InputSize(width: 8, height: 9)
    check(
      InputOptions(size: size), [nil, 3, nil, 7],
      .sizeMismatch(networkWidth: 7, networkHeight: nil, found: size))
    check(
      InputOptions(size: size), [nil, 3, 8, 8],
      .sizeMismatch(networkWidth: 8, networkHeight: 8, found: size))
    check(
      InputOptions(mean: [1, 2]), [nil, 3, 8, 8],
      .invalidOption("--mean", expected: "one number, or 3", found: "1.0,2.0"))
    check(
      InputOptions(standardDeviation: [1, 2, 3]), [nil, 1, 8, 8],
      .invalidOption("--std", expected: "one number", found: "1.0,2.0,3.0"))
  }

  @Test("a description for another number of channels is averaged over its own")
  func adaptsChannels() throws {
    let gray = try InputOptions().description(
      checkpoint: InputPreset.imagenet.input, inputShape: [nil, 1, nil, nil])
    #expect(gray.channels == 1 && gray.width == 224 && gray.resizeSide == 256)
    #expect(abs(gray.mean[0] - (0.485 + 0.456 + 0.406) / 3) < 1e-12)
    #expect(abs(gray.standardDeviation[0] - (0.229 + 0.224 + 0.225) / 3) < 1e-12)
    let color = try InputOptions(preset: .mnist).description(
      checkpoint: nil, inputShape: [nil, 3, nil, nil])
    #expect(color.mean == [Double](repeating: InputPreset.mnist.input.mean[0], count: 3))
  }

  @Test("errors say what was found, what was expected and the way out")
  func messages() {
    let errors: [(InputError, String, String?)] = [
      (.channels(5), "5 channels", "`vizcnn run`"),
      (.notPictures(shape: [nil, 784]), "[any, 784]", "`vizcnn run`"),
      (.unknownSize, "how large", "--size"),
      (.notPictures(shape: [nil, nil]), "[any, any]", "--input-shape 1x28x28"),
      (.tooLarge(width: 9, height: 8, limit: 4), "9×8 pixels; the limit is 4", nil),
      (
        .sizeMismatch(
          networkWidth: nil, networkHeight: 8, found: InputSize(width: 1, height: 2)),
        "any×8 pixels, not 1×2", nil
      ),
      (.tooLarge(width: 1, height: 2, limit: 3), "1×2", nil),
      (.invalidOption("--range", expected: "LOW..HIGH", found: "x"), "found 'x'", nil),
    ]
    for (error, text, hint) in errors {
      #expect("\(error)".contains(text))
      #expect(hint == nil ? error.hint == nil : error.hint?.contains(hint ?? "") == true)
    }
  }
}
