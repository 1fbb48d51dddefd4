import Foundation
import VizCNN

/// What the tests of networks work on.
extension Workplace {
  private static let samples = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "samples")

  /// A folder with `model.ckpt` and `digit.png` of the samples, and `dark.png`, the digit's negative.
  static func withNetwork() throws -> Workplace {
    let place = try Workplace()
    try place.copySamples("model.ckpt", "digit.png")
    let digit = try place.image("digit.png")
    let negative = Image(
      width: digit.width, height: digit.height, layout: .gray,
      samples: digit.samples(as: UInt8.self).map { 255 - $0 })
    try Data(ImageEncoder.encode(negative, as: .png)).write(to: URL(filePath: place["dark.png"]))
    return place
  }

  func copySamples(_ names: String...) throws {
    for name in names {
      try FileManager.default.copyItem(
        at: Self.samples.appending(path: name), to: URL(filePath: self[name]))
    }
  }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: self[name], toPath: self[other])
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: self[name], withIntermediateDirectories: true)
  }

  /// The names in a folder, sorted; none where it is not there.
  func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self[folder])) ?? []).sorted()
  }

  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }

  func json(_ name: String) throws -> JSONValue { try JSONValue(json: Array(data(name))) }

  /// The numbers of a `.npy` file of `float32`, of any number of dimensions.
  ///
  /// The header is a line of text behind ten bytes: all that these tests need of the format.
  func floats(_ name: String) throws -> [Float] {
    let bytes = Array(try data(name))
    guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    let body = bytes[(newline + 1)...]
    return stride(from: body.startIndex, to: body.endIndex - 3, by: 4).map { i in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(body[i + $1]) << UInt32(8 * $1) })
    }
  }

  func save(_ name: String, shape: [Int], _ values: [Float]) throws {
    let array = NumPyArray(shape: shape, elements: .float(values))
    try Data(array.npy).write(to: URL(filePath: self[name]))
  }
}

extension Command.Outcome {
  /// Each line of standard output as JSON.
  func json() throws -> [JSONValue] { try lines.map { try JSONValue(json: Array($0.utf8)) } }
}
