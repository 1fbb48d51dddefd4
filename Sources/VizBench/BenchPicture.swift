internal import CShims
internal import VizImage
internal import VizKernels

/// A picture of one channel or of red, green and blue side by side.
struct BenchPicture {
  let width: Int
  let height: Int
  let channels: Int
  let sampleType: SampleType
  let storage: SampleBuffer

  /// A picture whose samples are still to be filled in.
  init(width: Int, height: Int, channels: Int = 1, sampleType: SampleType) {
    let bytes = width * height * channels * sampleType.byteCount
    self.init(
      width: width, height: height, channels: channels, sampleType: sampleType,
      storage: SampleBuffer(byteCount: bytes))
  }

  init(width: Int, height: Int, channels: Int, sampleType: SampleType, storage: SampleBuffer) {
    self.width = width
    self.height = height
    self.channels = channels
    self.sampleType = sampleType
    self.storage = storage
  }

  /// The picture of one channel.
  var plane: Plane {
    Plane(width: width, height: height, sampleType: sampleType, storage: storage)
  }

  var byteCount: Int { width * height * channels * sampleType.byteCount }

  /// The same memory as OpenCV sees it.
  var matrix: viz_cv_matrix {
    let depths = [VIZ_CV_UINT8, VIZ_CV_UINT16, VIZ_CV_INT16, VIZ_CV_FLOAT]
    return viz_cv_matrix(
      samples: storage.bytes, stride: width * sampleType.byteCount * channels,
      width: Int32(width), height: Int32(height), channels: Int32(channels),
      depth: Int32(depths[sampleType.code]))
  }

  /// How far the samples of two pictures of one channel are apart at most.
  func difference(to other: BenchPicture) -> Double {
    zip(plane.values, other.plane.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// The pictures that the cases filter: noise, so that nothing can be skipped, and smooth shapes.
struct BenchPictures {
  enum Name: String, CaseIterable {
    case gray, gray16, real, color, color16
    /// Blurred noise of full contrast, with as many edges as a photograph full of detail.
    case shapes
  }

  let width: Int
  let height: Int
  private let pictures: [Name: BenchPicture]

  subscript(name: Name) -> BenchPicture {
    guard let picture = pictures[name] else { preconditionFailure("no picture \(name)") }
    return picture
  }

  init(width: Int, height: Int) throws {
    self.width = width
    self.height = height
    var state: UInt64 = 1
    let bytes = (0..<6 * width * height).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    let noise = SampleBuffer(bytes)
    func picture(_ channels: Int, _ type: SampleType, _ storage: SampleBuffer) -> BenchPicture {
      BenchPicture(
        width: width, height: height, channels: channels, sampleType: type, storage: storage)
    }
    let gray = picture(1, .uint8, noise)
    let contrast = Kernel.gaussian(sigma: 3).with(scale: 8, offset: 128 - 8 * 127.5)
    pictures = [
      .gray: gray, .gray16: picture(1, .uint16, noise), .color: picture(3, .uint8, noise),
      .color16: picture(3, .uint16, noise),
      .real: picture(1, .float, gray.plane.converted(to: .float).storage),
      .shapes: picture(1, .uint8, try gray.plane.convolved(with: contrast).storage),
    ]
  }
}
