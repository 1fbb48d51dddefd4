internal import CShims
internal import VizImage
internal import VizKernels

/// The pictures that all cases filter: noise, so that nothing can be skipped.
struct BenchPictures {
  let gray: Plane
  let real: Plane

  init(width: Int, height: Int) {
    var state: UInt64 = 1
    let bytes = (0..<width * height).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    gray = Plane(width: width, height: height, samples: bytes)
    real = gray.converted(to: .float)
  }
}

/// One filter, by vizcnn and by OpenCV, on the same picture into memory that is already there.
struct FilterCase {
  let name: String
  /// Whether the source is the Float picture.
  let isReal: Bool
  let output: SampleType
  /// How far two results may be apart before the times are worth nothing.
  let tolerance: Double
  let vizcnn: Work
  /// The same by OpenCV.
  let opencv: (viz_cv_matrix, viz_cv_matrix) -> Int32

  enum Work {
    case kernels(KernelBank)
    case median(Int)
  }

  static let header =
    pad("case", 24) + pad("size", 11) + "jobs" + pad("vizcnn", 11, right: true)
    + pad("OpenCV", 11, right: true) + pad("×", 8, right: true) + pad("Mpx/s", 9, right: true)

  struct Timing {
    let line: String
    let ratio: Double
  }

  func measure(_ pictures: BenchPictures, jobs: Int) throws -> Timing {
    let source = isReal ? pictures.real : pictures.gray
    let pixels = source.width * source.height
    let ours = SampleBuffer(byteCount: pixels * output.byteCount)
    let theirs = SampleBuffer(byteCount: pixels * output.byteCount)
    let execution = Execution(jobs: jobs)
    let run = try work(on: source, into: ours, execution)
    let (input, target) = (matrix(source, source.storage), matrix(source, theirs, output))
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
    on source: Plane, into buffer: SampleBuffer, _ execution: Execution
  ) throws -> () -> Void {
    switch vizcnn {
    case .kernels(let bank):
      let convolution = try source.convolution(with: bank, edge: .extend, output: output)
      return { _ = convolution.run(source.storage, into: buffer, execution: execution) }
    case .median(let size):
      let filter = MedianFilter(
        sampleCode: 0,
        geometry: try source.windows(
          width: size, height: size, anchorX: size / 2, anchorY: size / 2, edge: .extend),
        border: 0)
      return { filter.run(source.storage, into: buffer, execution: execution) }
    }
  }

  private func matrix(
    _ plane: Plane, _ buffer: SampleBuffer, _ type: SampleType? = nil
  ) -> viz_cv_matrix {
    let type = type ?? plane.sampleType
    let depths = [VIZ_CV_UINT8, VIZ_CV_UINT16, VIZ_CV_INT16, VIZ_CV_FLOAT]
    return viz_cv_matrix(
      samples: buffer.bytes, stride: plane.width * type.byteCount, width: Int32(plane.width),
      height: Int32(plane.height), channels: 1, depth: Int32(depths[type.code]))
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
