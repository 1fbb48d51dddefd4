package import VizKernels

extension Plane {
  /// The plane filtered with one kernel.
  ///
  ///     out(y, x) = saturate(roundHalfToEven(offset + scale · Σ taps[i, j] · self(y + i − ay, x + j − ax)))
  ///
  /// The sum is exact for integer samples and taps that are whole numbers, dyadic fractions or
  /// multiples of one number; Float output is neither rounded nor saturated.
  ///
  /// - Parameters:
  ///   - kernel: the weights.
  ///   - edge: what stands for samples outside the plane.
  ///   - output: the sample type of the result; the plane's own by default.
  ///   - jobs: threads; the result is the same for any number.
  /// - Returns: a plane of the same size, smaller with `crop`.
  /// - Throws: `ImageError.notApplicable` where the edge mode cannot be: `crop` on a plane smaller
  ///   than the kernel, `renormalize` with negative taps, a padding that the samples cannot hold.
  public func convolved(
    with kernel: Kernel, edge: EdgeMode = .extend, output: SampleType? = nil, jobs: Int? = nil
  ) throws(ImageError) -> Plane {
    try filtered(
      with: KernelBank(kernel), edge: edge, output: output ?? sampleType,
      execution: Execution(jobs: jobs ?? ThreadPool.processorCount)
    ).plane
  }

  /// The plane filtered with a bank, and the responses that an integer sample could not hold.
  package func filtered(
    with bank: KernelBank, edge: EdgeMode, output: SampleType, execution: Execution,
    way: ConvolutionPlan.Way? = nil
  ) throws(ImageError) -> (plane: Plane, clipping: Clipping) {
    filtered(
      by: try convolution(with: bank, edge: edge, output: output, way: way), output: output,
      execution: execution)
  }

  /// As above, with everything decided, for planes of this size and type.
  func filtered(
    by convolution: Convolution, output: SampleType, execution: Execution
  ) -> (plane: Plane, clipping: Clipping) {
    let (width, height) = (convolution.geometry.outputWidth, convolution.geometry.outputHeight)
    let buffer = SampleBuffer(byteCount: width * height * output.byteCount)
    let clipping = convolution.run(storage, into: buffer, execution: execution)
    return (Plane(width: width, height: height, sampleType: output, storage: buffer), clipping)
  }
}

/// What there is to know of a plane before its samples.
package protocol PlaneShape {
  var width: Int { get }
  var height: Int { get }
  var sampleType: SampleType { get }
}

extension Plane: PlaneShape {}

extension PlaneShape {
  /// Everything decided for a bank on planes of this size and type.
  package func convolution(
    with bank: KernelBank, edge: EdgeMode, output: SampleType, way: ConvolutionPlan.Way? = nil
  ) throws(ImageError) -> Convolution {
    let geometry = try windows(
      width: bank.width, height: bank.height, anchorX: bank.kernels[0].anchorX,
      anchorY: bank.kernels[0].anchorY, edge: edge)
    let plan = ConvolutionPlan(
      for: bank, source: sampleType, output: output,
      size: (geometry.outputWidth, geometry.outputHeight), way: way)
    let rest = try Remainders(of: bank, edge: edge, width: width, height: height)
    return Convolution(
      sourceCode: sampleType.code, outputCode: output.code, accumulator: plan.accumulator,
      kernels: plan.sums(of: bank), combination: plan.combination, geometry: geometry,
      border: try borderBits(edge),
      finishing: Finishing(
        scale: plan.scale, offset: plan.offset, isNarrow: plan.isNarrow,
        alwaysFits: plan.alwaysFits, total: rest?.total ?? 1,
        rest: rest?.rows ?? [], restOfRow: rest?.rowOfOutput ?? []),
      fourier: plan.spectra(of: bank))
  }

  /// The windows of a filter over this plane.
  package func windows(
    width windowWidth: Int, height windowHeight: Int, anchorX: Int, anchorY: Int, edge: EdgeMode
  ) throws(ImageError) -> WindowGeometry {
    if edge == .crop, width < windowWidth || height < windowHeight {
      throw .notApplicable(
        "edge mode crop leaves nothing: the picture (\(width)×\(height)) is smaller than the "
          + "kernel (\(windowWidth)×\(windowHeight))")
    }
    func map(_ count: Int, _ window: Int, _ anchor: Int) -> [Int] {
      if edge == .crop { return Array(0..<count) }
      return (0..<(count + window - 1)).map { edge.sourceIndex($0 - anchor, count: count) }
    }
    return WindowGeometry(
      sourceWidth: width, sourceHeight: height, windowWidth: windowWidth,
      windowHeight: windowHeight, rowMap: map(height, windowHeight, anchorY),
      columnMap: map(width, windowWidth, anchorX))
  }

  /// The border value as a sample of this plane.
  package func borderBits(_ edge: EdgeMode) throws(ImageError) -> UInt32 {
    guard case .pad(let value) = edge else { return 0 }
    guard sampleType.isInteger else { return Float(value).bitPattern }
    guard value == value.rounded(), sampleType.range.contains(value) else {
      throw .notApplicable(
        "edge mode pad:\(decimal(value)): \(sampleType) samples are whole numbers from "
          + "\(decimal(sampleType.range.lowerBound)) to \(decimal(sampleType.range.upperBound))")
    }
    return UInt32(truncatingIfNeeded: Int(value))
  }
}

extension SampleType {
  /// The number that the row kernels know this type by.
  package var code: Int {
    switch self {
    case .uint8: 0
    case .uint16: 1
    case .int16: 2
    case .float: 3
    }
  }
}

/// What is left of a kernel where the border cuts it off.
///
///     rest(y, x) = Σ of the taps whose samples lie inside the plane
private struct Remainders {
  let total: Double
  /// One row for each way that the border cuts kernel rows off.
  let rows: [[Double]]
  /// Which of `rows` an output row takes.
  let rowOfOutput: [Int]

  /// Nil unless the edge mode is `renormalize`.
  init?(of bank: KernelBank, edge: EdgeMode, width: Int, height: Int) throws(ImageError) {
    guard edge == .renormalize else { return nil }
    let kernel = bank.kernels[0]
    guard bank.combination == .single, kernel.taps.allSatisfy({ $0 >= 0 }) else {
      throw .notApplicable(
        "edge mode renormalize is for means: it needs taps that are all 0 or more")
    }
    total = kernel.taps.reduce(0, +)
    func inside(_ i: Int, _ window: Int, _ anchor: Int, _ count: Int) -> Range<Int> {
      let first = max(0, anchor - i)
      return first..<max(first, min(window, count + anchor - i))
    }
    var rows: [[Double]] = []
    var rowOfOutput: [Int] = []
    var known: [Range<Int>: Int] = [:]
    for y in 0..<height {
      let kernelRows = inside(y, kernel.height, kernel.anchorY, height)
      if let index = known[kernelRows] {
        rowOfOutput.append(index)
        continue
      }
      let columnSums = (0..<kernel.width).map { j in
        kernelRows.reduce(0.0) { $0 + kernel[$1, j] }
      }
      let row = (0..<width).map { x in
        inside(x, kernel.width, kernel.anchorX, width).reduce(0.0) { $0 + columnSums[$1] }
      }
      guard row.allSatisfy({ $0 > 0 }) else {
        throw .notApplicable(
          "edge mode renormalize: nothing is left of the kernel at some border samples")
      }
      known[kernelRows] = rows.count
      rowOfOutput.append(rows.count)
      rows.append(row)
    }
    self.rows = rows
    self.rowOfOutput = rowOfOutput
  }
}
