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

  /// The picture of one channel.
  var plane: Plane {
    Plane(width: width, height: height, sampleType: sampleType, storage: storage)
  }
}

/// The pictures that the cases filter: noise, so that nothing can be skipped, and smooth shapes.
struct BenchPictures {
  enum Name {
    case gray, gray16, real, color, color16
    /// Blurred noise of full contrast, with as many edges as a photograph full of detail.
    case shapes
  }

  private let pictures: [Name: BenchPicture]

  subscript(name: Name) -> BenchPicture {
    guard let picture = pictures[name] else { preconditionFailure("no picture \(name)") }
    return picture
  }

  init(width: Int, height: Int) throws {
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

/// One filter, by vizcnn and by OpenCV, on the same picture into memory that is already there.
struct FilterCase {
  let name: String
  let picture: BenchPictures.Name
  let output: SampleType
  /// How far two results may be apart before the times are worth nothing.
  let tolerance: Double
  let vizcnn: Work
  /// The same by OpenCV.
  let opencv: (viz_cv_matrix, viz_cv_matrix) -> Int32

  enum Work {
    case kernels(KernelBank)
    case median(Int)
    case canny(Double, Double)
    case gray
  }

  static let header =
    pad("case", 24) + pad("size", 11) + "jobs" + pad("vizcnn", 11, right: true)
    + pad("OpenCV", 11, right: true) + pad("×", 8, right: true) + pad("Mpx/s", 9, right: true)

  struct Timing {
    let line: String
    let ratio: Double
  }

  func measure(_ pictures: BenchPictures, jobs: Int) throws -> Timing {
    let source = pictures[picture]
    let pixels = source.width * source.height
    let ours = SampleBuffer(byteCount: pixels * output.byteCount)
    let theirs = SampleBuffer(byteCount: pixels * output.byteCount)
    let execution = Execution(jobs: jobs)
    let run = try work(on: source, into: ours, execution)
    let input = matrix(source, source.storage, source.sampleType, channels: source.channels)
    let target = matrix(source, theirs, output, channels: 1)
    run()
    let status = opencv(input, target)
    let difference = Self.difference(ours, theirs, output, count: pixels)
    precondition(status == 0 && difference <= tolerance, "\(name): \(status), \(difference) apart")
    let (mine, other) = (Measurement.median(run), Measurement.median { _ = opencv(input, target) })
    let line =
      pad(name, 24) + pad("\(source.width)×\(source.height)", 11) + pad("\(jobs)", 4, right: true)
      + pad(decimals(mine, 3), 11, right: true) + pad(decimals(other, 3), 11, right: true)
      + pad(decimals(other / mine, 2), 8, right: true)
      + pad("\(Int(Double(pixels) / mine / 1e3))", 9, right: true)
    return Timing(line: line, ratio: other / mine)
  }

  private func work(
    on source: BenchPicture, into buffer: SampleBuffer, _ execution: Execution
  ) throws -> () -> Void {
    switch vizcnn {
    case .kernels(let bank):
      let convolution = try source.plane.convolution(with: bank, edge: .extend, output: output)
      return { _ = convolution.run(source.storage, into: buffer, execution: execution) }
    case .median(let size):
      let filter = MedianFilter(
        sampleCode: source.sampleType.code,
        geometry: try source.plane.windows(
          width: size, height: size, anchorX: size / 2, anchorY: size / 2, edge: .extend),
        border: 0)
      return { filter.run(source.storage, into: buffer, execution: execution) }
    case .canny(let low, let high):
      let filter = try source.plane.cannyFilter(low: low, high: high, highest: 255, edge: .extend)
      return { filter.run(source.storage, into: buffer, execution: execution) }
    case .gray:
      let conversion = PixelConversion(
        width: source.width, height: source.height, sampleCode: source.sampleType.code,
        execution: execution)
      return { conversion.gray(of: source.storage, channels: source.channels, into: buffer) }
    }
  }

  private func matrix(
    _ picture: BenchPicture, _ buffer: SampleBuffer, _ type: SampleType, channels: Int
  ) -> viz_cv_matrix {
    let depths = [VIZ_CV_UINT8, VIZ_CV_UINT16, VIZ_CV_INT16, VIZ_CV_FLOAT]
    return viz_cv_matrix(
      samples: buffer.bytes, stride: picture.width * type.byteCount * channels,
      width: Int32(picture.width), height: Int32(picture.height), channels: Int32(channels),
      depth: Int32(depths[type.code]))
  }

  private static func difference(
    _ a: SampleBuffer, _ b: SampleBuffer, _ type: SampleType, count: Int
  ) -> Double {
    func values(_ buffer: SampleBuffer) -> [Double] {
      Plane(width: count, height: 1, sampleType: type, storage: buffer).values
    }
    return zip(values(a), values(b)).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// A word in a column of a table.
private func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return right ? space + text : text + space
}
