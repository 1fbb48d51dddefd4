import Foundation
import VizCNN

/// Data to learn from.
extension Workplace {
  /// 8×8 pictures with a bright row: four classes, a folder each.
  func makeRows(_ folder: String, count: Int) throws {
    for label in 0..<4 {
      let place = "\(folder)/row\(label)"
      try FileManager.default.createDirectory(
        atPath: self[place], withIntermediateDirectories: true)
      for n in 0..<count {
        let samples = (0..<64).map { i -> UInt8 in
          UInt8((i &* 37 &+ n &* 91 &+ label &* 13) % 50) + (i / 8 == label * 2 ? 180 : 0)
        }
        let image = Image(width: 8, height: 8, layout: .gray, samples: samples)
        try make("\(place)/\(n).png", ImageEncoder.encode(image, as: .png))
      }
    }
  }

  /// MNIST's two files to learn from, with pictures of 8×8 and the labels 0…9 in turn.
  func makeDigits(_ folder: String, count: Int) throws {
    try FileManager.default.createDirectory(atPath: self[folder], withIntermediateDirectories: true)
    func header(_ shape: [UInt8]) -> [UInt8] {
      [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, $0] }
    }
    let pixels = (0..<count * 64).map { (i: Int) -> UInt8 in
      let (n, y) = (i / 64, i % 64 / 8)
      let noise = UInt8(i &* 37 % 50)
      return y == n % 8 ? noise + 180 : noise
    }
    try make("\(folder)/train-images-idx3-ubyte", header([UInt8(count), 8, 8]) + pixels)
    try make(
      "\(folder)/train-labels-idx1-ubyte",
      header([UInt8(count)]) + (0..<UInt8(count)).map { $0 % 10 })
  }

  /// A batch of CIFAR-10 with the labels 0…9 in turn.
  func makeBatch(_ folder: String, count: Int) throws {
    try FileManager.default.createDirectory(atPath: self[folder], withIntermediateDirectories: true)
    var records: [UInt8] = []
    for n in 0..<count {
      records.append(UInt8(n % 10))
      for i in 0..<3072 { records.append(UInt8((n &* 7 &+ i) % 256)) }
    }
    try make("\(folder)/data_batch_1.bin", records)
  }

  func make(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: self[name]))
  }

  /// All bytes of a checkpoint behind the header, whose length the first eight tell.
  func tensors(_ name: String) throws -> [UInt8] {
    let bytes = [UInt8](try data(name))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Array(bytes[(8 + length)...])
  }

  /// The lines of `metrics.jsonl` without the time that epochs took.
  func metrics(_ name: String) throws -> [String] {
    String(decoding: try data(name), as: UTF8.self).split(separator: "\n")
      .map { line in line.range(of: ",\"seconds\":").map { String(line[..<$0.lowerBound]) } ?? "" }
  }
}
