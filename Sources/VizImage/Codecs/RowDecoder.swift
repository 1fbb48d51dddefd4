internal import CShims
internal import VizKernels

/// What a file says of its picture before the samples.
struct PictureShape: Sendable {
  let width: Int
  let height: Int
  let layout: ChannelLayout
  let sampleType: SampleType
  let metadata: ImageMetadata
  let orientation: Orientation

  /// Bytes of a row of pixels.
  var rowBytes: Int { width * layout.channels * sampleType.byteCount }
}

/// A codec whose rows come one after the other, so that others work on the first while it decodes the
/// last.
protocol RowDecoder: SendableMetatype {
  static func header(of bytes: ByteView) throws(ImageError) -> ImageHeader

  /// What there is to know before the samples, of a file that has been found whole; its header has
  /// been checked against the limits.
  static func shape(of bytes: ByteView, header: ImageHeader) throws(ImageError) -> PictureShape

  /// Fills all rows.
  static func read(
    _ bytes: ByteView, as shape: PictureShape, into storage: SampleBuffer, _ arrival: RowArrival
  ) throws(ImageError)
}

extension RowDecoder {
  /// The whole picture, as it is stored.
  static func decode(
    _ bytes: ByteView, header: ImageHeader
  ) throws(ImageError) -> (Image, Orientation) {
    let shape = try Self.shape(of: bytes, header: header)
    let storage = SampleBuffer(byteCount: shape.rowBytes * shape.height)
    try read(bytes, as: shape, into: storage, RowArrival())
    let image = Image(
      width: shape.width, height: shape.height, layout: shape.layout,
      sampleType: shape.sampleType, storage: storage, metadata: shape.metadata)
    return (image, shape.orientation)
  }

  /// The picture, decoded when somebody works on it; nil where it has to be turned upright, since the
  /// first row may then be the last of the file.
  static func source(
    of bytes: [UInt8], _ header: ImageHeader, _ appliesOrientation: Bool, _ times: WorkTimes
  ) throws(ImageError) -> PictureSource? {
    let shape = try ByteView.lending(bytes) { (view) throws(ImageError) in
      try Self.shape(of: view, header: header)
    }
    guard !appliesOrientation || shape.orientation == .upright else { return nil }
    let storage = SampleBuffer(byteCount: shape.rowBytes * shape.height)
    return PictureSource(shape, storage: storage, times: times) { arrival throws(ImageError) in
      try ByteView.lending(bytes) { (view) throws(ImageError) in
        try read(view, as: shape, into: storage, arrival)
      }
    }
  }
}

extension RowArrival {
  /// What a reader of CShims tells; it must not outlive this object.
  var listener: viz_row_listener {
    unsafe viz_row_listener(
      arrived: { receiver, rows in
        guard let receiver = unsafe receiver else { return }
        unsafe Unmanaged<RowArrival>.fromOpaque(receiver).takeUnretainedValue().advance(to: rows)
      }, receiver: Unmanaged.passUnretained(self).toOpaque())
  }
}

/// Room for the text that a function of CShims leaves where it fails.
@safe final class CMessage {
  let pointer: UnsafeMutablePointer<CChar>

  init() {
    unsafe pointer = .allocate(capacity: Int(VIZ_MESSAGE_CAPACITY))
    unsafe pointer.initialize(repeating: 0, count: Int(VIZ_MESSAGE_CAPACITY))
  }

  deinit { unsafe pointer.deallocate() }

  var text: String { unsafe String(cString: pointer) }
}
