internal import VizImage
internal import VizKernels

/// One filter, by vizcnn and by OpenCV, on the same picture into memory that is already there.
struct FilterCase {
  let name: String
  let picture: BenchPictures.Name
  let output: SampleType
  /// How far two results may be apart before the times are worth nothing.
  let tolerance: Double
  let vizcnn: Work
  let opencv: OpenCVCall
  /// Whether the case is one of those that the geometric mean is over, one of each kind.
  let isCounted: Bool

  enum Work {
    case kernels(KernelBank)
    case median(Int)
    case canny(Double, Double)
    case gray
  }

  /// Milliseconds of one case.
  struct Timing {
    let vizcnn: Double
    /// OpenCV of this process, and of the other one where there is one.
    let opencv: Double
    let peer: Double?
    /// Copying as many bytes as the filter reads and writes.
    let copy: Double

    /// How many times as long the faster OpenCV takes.
    var ratio: Double { min(opencv, peer ?? .infinity) / vizcnn }
  }

  func measure(
    _ pictures: BenchPictures, jobs: Int, peer: OpenCVPeer? = nil
  ) throws -> Timing {
    let source = pictures[picture]
    let empty = BenchPicture(width: source.width, height: source.height, sampleType: output)
    let (ours, theirs) = (
      empty, BenchPicture(width: empty.width, height: empty.height, sampleType: output)
    )
    let execution = Execution(jobs: jobs)
    let run = try work(on: source, into: ours.storage, execution)
    let call = opencv.prepared(on: source, into: theirs)
    run()
    precondition(call(), "\(name): OpenCV cannot")
    check(ours.difference(to: theirs), by: "OpenCV")
    // The peer's process between two measurements of ours would leave the caches cold.
    let mine = Measurement.median(run)
    let other = Measurement.median { _ = call() }
    let answer = try peer?.measure(self, source: source, result: ours, jobs: jobs)
    if let answer { check(answer.difference, by: "the peer") }
    return Timing(
      vizcnn: mine, opencv: other, peer: answer?.milliseconds,
      copy: Self.copyTime(byteCount: (source.byteCount + ours.byteCount) / 2, execution))
  }

  private func check(_ difference: Double, by whom: String) {
    precondition(
      difference <= tolerance, "\(name): \(whom) is \(difference) apart, \(tolerance) allowed")
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

  /// What `memcpy` takes for so many bytes, in a piece for each thread.
  private static func copyTime(byteCount: Int, _ execution: Execution) -> Double {
    let (from, to) = (SampleBuffer(byteCount: byteCount), SampleBuffer(byteCount: byteCount))
    from.bytes.initializeMemory(as: UInt8.self, repeating: 1, count: byteCount)
    let part = (byteCount + execution.jobs - 1) / execution.jobs
    return Measurement.median {
      ThreadPool.run(count: execution.jobs, jobs: execution.jobs) { i in
        let first = min(i * part, byteCount)
        (to.bytes + first).copyMemory(
          from: from.bytes + first, byteCount: min(part, byteCount - first))
      }
    }
  }
}
