/// A PNG file of several pictures, shown one after the other without end; who knows no animation sees the first.
///
/// Pictures are compressed as they come, so that only one of them is in memory with its samples.
/// - Source: PNG (Third Edition), sections 4.9 and 11.3.6.
public struct AnimatedPNG: Sendable {
  private let options: EncodingOptions
  /// How long each picture stands, and its data; chunks are numbered when all are there.
  private var frames: [(milliseconds: Int, strips: [[UInt8]])] = []
  /// What IHDR says of all of them.
  private var header: [UInt8] = []

  public init(options: EncodingOptions = EncodingOptions()) {
    self.options = options
  }

  public var count: Int { frames.count }

  /// Adds a picture of 8 bits a sample, as large and of the same colours as the others, and for how long it stands.
  public mutating func append(
    _ picture: Image, milliseconds: Int
  ) throws(ImageError) {
    precondition(
      picture.sampleType == .uint8 && 0...65_535 ~= milliseconds,
      "a picture of \(picture.sampleType) for \(milliseconds) ms")
    let (header, strips) = try PNGEncoder.parts(of: picture, options: options)
    precondition(
      self.header.isEmpty || self.header == header,
      "a picture of \(picture.width)×\(picture.height) in an animation of another size or kind")
    self.header = header
    frames.append((milliseconds, strips))
  }

  /// The whole file; there is at least one picture.
  public var encoded: [UInt8] {
    precondition(!frames.isEmpty, "an animation of no picture")
    typealias Encoder = PNGEncoder
    var file = PNGStructure.signature
    Encoder.appendChunk("IHDR", header, to: &file)
    Encoder.appendChunk("tEXt", Encoder.text("Software", ImageMarker.software), to: &file)
    for (key, value) in options.texts { Encoder.appendText(key, value, to: &file) }
    Encoder.appendChunk("acTL", Encoder.bigEndian(frames.count) + Encoder.bigEndian(0), to: &file)
    var number = 0
    func next() -> [UInt8] {
      defer { number += 1 }
      return Encoder.bigEndian(number)
    }
    for (i, frame) in frames.enumerated() {
      let delay = [UInt8(frame.milliseconds >> 8), UInt8(frame.milliseconds & 255), 3, 232]
      // All of the picture, from its corner; it stays, and the next one takes its place.
      Encoder.appendChunk(
        "fcTL", next() + header.prefix(8) + [UInt8](repeating: 0, count: 8) + delay + [0, 0],
        to: &file)
      for strip in frame.strips {
        if i == 0 {
          Encoder.appendChunk("IDAT", strip, to: &file)
        } else {
          Encoder.appendChunk("fdAT", next() + strip, to: &file)
        }
      }
    }
    Encoder.appendChunk("IEND", [], to: &file)
    return file
  }
}
