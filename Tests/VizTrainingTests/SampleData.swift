import Foundation
import VizNN
import VizTestSupport
import VizTraining

/// A folder that is gone after the test.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/vizcnn-training-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: self[name])))
  }
}

extension Scratch {
  /// Pictures of 8×8 with a bright row, whose number is the class, and noise; MNIST's files for them.
  func makeDigits(_ count: Int, part: String = "train", classes: Int = 10, seed: UInt64 = 1) throws
  {
    var random = SplitMix64(seed: seed)
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for n in 0..<count {
      let label = n % classes
      labels.append(UInt8(label))
      for y in 0..<8 {
        for x in 0..<8 {
          let isBright = label < 8 ? y == label : x == label - 8
          pixels.append(UInt8(random.next() % 60) + (isBright ? 190 : 0))
        }
      }
    }
    try write(Self.idx([count, 8, 8], pixels), to: "\(part)-images-idx3-ubyte")
    try write(Self.idx([count], labels), to: "\(part)-labels-idx1-ubyte")
  }

  static func idx(_ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)]
      + shape.flatMap { length in (0..<4).map { UInt8(length >> (24 - 8 * $0) & 255) } } + values
  }
}

/// Networks for pictures of 8×8.
enum SmallNetwork {
  /// With everything that has a state of its own: dropout and batch normalisation.
  static func convolutional() throws -> Architecture {
    try Architecture(
      input: .init("x", shape: [nil, 1, 8, 8]),
      sequence: [
        ("conv", Conv2d(inputChannels: 1, outputChannels: 6, kernelSize: 3, padding: 1)),
        ("bn", BatchNorm2d(features: 6)), ("relu", ReLU()),
        ("pool", MaxPool2d(kernelSize: 2)), ("flatten", Flatten()),
        ("dropout", Dropout(probability: 0.3)),
        ("fc", Linear(inputFeatures: 96, outputFeatures: 10)),
      ])
  }
}
