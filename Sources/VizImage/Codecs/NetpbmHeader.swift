/// The header of a PNM or PAM file.
struct NetpbmHeader {
  /// How the samples are written.
  enum Coding {
    case text, textBits, binary, binaryBits
  }

  let image: ImageHeader
  let coding: Coding
  let layout: ChannelLayout
  let maximum: Int
  /// Where the pixels start.
  let offset: Int

  init(_ bytes: ByteView, format: ImageFormat) throws(ImageError) {
    var reader = NetpbmReader(bytes, format: format, offset: 2)
    let fields = format == .pam ? try Self.readPAM(&reader) : try Self.readPNM(&reader, bytes[1])
    (coding, layout, maximum) = (fields.coding, fields.layout, fields.maximum)
    reader.endHeader()
    offset = reader.offset
    image = try ImageHeader(format: format, width: fields.width, height: fields.height)
  }

  private typealias Fields = (
    width: Int, height: Int, maximum: Int, coding: Coding, layout: ChannelLayout
  )

  private static func readPNM(
    _ reader: inout NetpbmReader, _ kind: UInt8
  ) throws(ImageError) -> Fields {
    let isBits = kind == UInt8(ascii: "1") || kind == UInt8(ascii: "4")
    let isColor = kind == UInt8(ascii: "3") || kind == UInt8(ascii: "6")
    let isText = kind <= UInt8(ascii: "3")
    let width = try reader.number()
    let height = try reader.number()
    return (
      width, height, isBits ? 1 : try reader.number(),
      isBits ? (isText ? .textBits : .binaryBits) : (isText ? .text : .binary),
      isColor ? .rgb : .gray
    )
  }

  private static func readPAM(_ reader: inout NetpbmReader) throws(ImageError) -> Fields {
    var values: [String: Int] = [:]
    var word = try reader.word()
    while word != "ENDHDR" {
      if word == "TUPLTYPE" { _ = try reader.word() } else { values[word] = try reader.number() }
      word = try reader.word()
    }
    guard let width = values["WIDTH"], let height = values["HEIGHT"], let depth = values["DEPTH"],
      let maximum = values["MAXVAL"]
    else { throw ImageFormat.pam.corrupt("header lacks WIDTH, HEIGHT, DEPTH or MAXVAL") }
    guard (1...4).contains(depth) else {
      throw .unsupported(format: "PAM", found: "\(depth) channels", expected: "1 to 4 channels")
    }
    let layout = ChannelLayout(hasColor: depth >= 3, hasAlpha: depth % 2 == 0)
    return (width, height, maximum, .binary, layout)
  }

  var sampleType: SampleType { maximum > 255 ? .uint16 : .uint8 }

  /// Bytes of one row of binary pixels; for text, the least that a row can take.
  var rowBytes: Int? {
    switch coding {
    case .binary: productSum(image.width, layout.channels * sampleType.byteCount)
    case .binaryBits: (image.width + 7) / 8
    case .textBits: image.width
    case .text: productSum(image.width, layout.channels * 2)
    }
  }

  /// Throws unless the file has all pixels; called when the size is within the limits.
  func checkLength(of bytes: ByteView) throws(ImageError) {
    // The last number of a text needs no space after it.
    let slack = coding == .text ? 1 : 0
    guard (1...65_535).contains(maximum) else {
      throw image.format.corrupt("header says a largest sample of \(maximum); expected 1…65535")
    }
    let expected = rowBytes.flatMap { productSum($0, image.height, plus: offset - slack) }
    try image.format.check(bytes, has: expected)
  }
}
