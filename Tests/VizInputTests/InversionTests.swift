import Testing
import VizImage
import VizInput
import VizTestSupport

@Suite("Inversion")
struct InversionTests {
  private static let note = "inverted: dark on light"
  private static let mnist = InputPreset.mnist.input

  private static func negative(_ image: Image) -> Image {
    Image(
      width: image.width, height: image.height, layout: image.layout,
      samples: image.samples(as: UInt8.self).map { 255 - $0 })
  }

  /// A gray picture of digits: `#` is dark.
  private static func drawing(_ rows: [String], dark: UInt8 = 0, light: UInt8 = 255) -> Image {
    Image(
      width: rows[0].count, height: rows.count, layout: .gray,
      samples: rows.flatMap { $0.map { $0 == "#" ? dark : light } })
  }

  private static let seven = [
    "........", ".######.", ".....#..", "....#...", "...#....", "...#....", "........",
  ]

  @Test("of dark strokes on light happens by itself, and is said")
  func automatic() throws {
    let picture = Self.drawing(Self.seven)
    let prepared = try Self.mnist.prepared(picture)
    #expect(prepared.notes == ["resized 8×7 → 32×28", "cropped to the middle 28×28", Self.note])
    let byHand = try Self.mnist.prepared(Self.negative(picture), inversion: .no)
    // Rounding to 8 bit in both passes is not symmetric.
    let pairs = zip(
      prepared.picture.samples(as: UInt8.self), byHand.picture.samples(as: UInt8.self))
    #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    #expect(try Self.mnist.prepared(picture, inversion: .no).notes.count == 2)
  }

  @Test("leaves light strokes, blank pages and pencil lines' negatives alone")
  func alone() throws {
    let light = Self.negative(Self.drawing(Self.seven))
    let blank = Self.drawing([String](repeating: "....", count: 4))
    let pencil = Self.negative(Self.drawing(Self.seven, dark: 190, light: 220))
    let paper = Self.drawing(["...", "...", "..."], light: 201)
    for picture in [light, blank, Self.negative(blank), paper, pencil] {
      #expect(try !Self.mnist.prepared(picture).notes.contains(Self.note))
    }
    let faint = Self.drawing(Self.seven, dark: 190, light: 220)
    #expect(try Self.mnist.prepared(faint).notes.contains(Self.note))
  }

  @Test("happens for gray networks that learned light on dark, and no others")
  func others() throws {
    let picture = Self.drawing(Self.seven)
    var gray = Self.mnist
    gray.isLightOnDark = false
    var color = InputPreset.cifar10.input
    color.isLightOnDark = true
    for description in [gray, color] {
      #expect(try !description.prepared(picture).notes.contains(Self.note))
      let inverted = try description.prepared(picture, inversion: .yes)
      #expect(inverted.notes.contains("inverted"))
    }
  }

  @Test("works on 16 bit and Float")
  func depths() throws {
    let bytes = Self.drawing(Self.seven)
    let samples = bytes.samples(as: UInt8.self)
    let wide = Image(
      width: 8, height: 7, layout: .gray, samples: samples.map { UInt16($0) * 257 })
    let float = Image(width: 8, height: 7, layout: .gray, samples: samples.map { Float($0) / 255 })
    for picture in [wide, float] {
      let prepared = try Self.mnist.prepared(picture)
      #expect(prepared.notes.last == Self.note)
      let corner = try #require(prepared.picture.samples(as: Float.self).first)
      #expect(corner == 0)
    }
    let nothing = Image(
      width: 3, height: 3, layout: .gray, samples: [Float](repeating: .nan, count: 9))
    #expect(try !Self.mnist.prepared(nothing).notes.contains(Self.note))
  }

  @Test("black that was put around comes after it")
  func padding() throws {
    var description = Self.mnist
    description.resizeSide = 14
    let prepared = try description.prepared(Self.drawing(Self.seven))
    #expect(prepared.notes.suffix(2) == [Self.note, "black around it, to 28×28"])
    #expect(prepared.picture.samples(as: UInt8.self).prefix(28).allSatisfy { $0 == 0 })
  }

  @Test("takes no digit of MNIST and no piece of Fashion-MNIST for its negative", .needsData)
  func realPictures() throws {
    for data in [try LabelledPictures.mnist(count: 10_000), try .fashion()] {
      var wrong = 0
      for picture in data.pictures {
        let (given, negative) = (
          try Self.mnist.prepared(picture), try Self.mnist.prepared(Self.negative(picture))
        )
        if given.notes != [] || negative.notes != [Self.note] { wrong += 1 }
        if given.tensor != negative.tensor { wrong += 1 }
      }
      #expect(wrong == 0)
    }
  }
}
