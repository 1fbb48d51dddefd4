import Foundation
import Testing
import VizCheckpoint
import VizFiles
import VizImage
import VizInput
import VizNN

/// The network in the folder of samples, which `vizcnn train` has made; samples/README.md says how.
@Suite("The sample network")
struct SampleTests {
  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "samples/" + name).path
  }

  private let checkpoint: Checkpoint

  init() throws {
    checkpoint = try Checkpoint.read(Self.path("model.ckpt"))
  }

  @Test("says what it wants to see, what its outputs are and how it was trained")
  func description() throws {
    #expect(checkpoint.input == InputPreset.mnist.input)
    #expect(checkpoint.classNames == (0...9).map(String.init))
    // The epochs up to the one that was kept.
    #expect(checkpoint.history.map { $0["epoch"] } == (1...11).map(Double.init))
    #expect(try #require(checkpoint.history.last?["val_accuracy"]) >= 0.99)
    #expect(checkpoint.training?.facts["best_epoch"]?.int == 11)
    #expect(try FileContents.read(Self.path("model.ckpt")).count < 40_000)
  }

  @Test("is written again as the same weights")
  func rewritten() throws {
    let again = try Checkpoint.read(ByteRegion(try checkpoint.encoded(as: .checkpoint)))
    #expect(again.network.parameters == checkpoint.network.parameters)
    #expect(again.input == checkpoint.input)
  }

  @Test("takes the sample digit for a five, on black and on white, small and large")
  func digit() throws {
    let digit = try ImageDecoder.decode(FileContents.read(Self.path("digit.png")))
    let white = Image(
      width: digit.width, height: digit.height, layout: .gray,
      samples: digit.samples(as: UInt8.self).map { 255 - $0 })
    let input = try #require(checkpoint.input)
    for (picture, notes) in [
      (digit, []), (white, ["inverted: dark on light"]),
      (digit.resized(width: 84, height: 84), ["resized 84×84 → 28×28"]),
    ] {
      let prepared = try input.prepared(picture)
      #expect(prepared.notes == notes)
      #expect(try AccuracyTests.classes(checkpoint.network, [prepared.tensor]) == [5])
    }
  }

  @Test("takes each drawn digit for what it is")
  func drawnDigits() throws {
    let input = try #require(checkpoint.input)
    let tensors = try (0...9).map { digit in
      let file = try FileContents.read(Self.path("digits/\(digit).png"))
      return try input.prepared(ImageDecoder.decode(file)).tensor
    }
    #expect(try AccuracyTests.classes(checkpoint.network, tensors) == Array(0...9))
  }
}
