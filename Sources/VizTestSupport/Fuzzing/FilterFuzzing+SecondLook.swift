internal import VizImage
internal import VizKernels
internal import VizReference

// What has to come out as the convolution of whole planes does, which the reference has judged.
extension FilterFuzzing {
  /// Gray is what `(9798·R + 19235·G + 3735·B + 16384) >> 15` makes of the colours.
  func grayFindings(_ channels: [[Double]]) -> [String] {
    guard image.layout.hasColor, [.uint8, .uint16].contains(image.sampleType) else { return [] }
    let expected = channels[0].indices.map { i -> Double in
      let (red, green, blue) = (Int(channels[0][i]), Int(channels[1][i]), Int(channels[2][i]))
      return Double((9_798 * red + 19_235 * green + 3_735 * blue + 16_384) >> 15)
    }
    return image.grayscale(execution).values == expected
      ? [] : ["another gray of \(image.layout) \(image.sampleType)"]
  }

  /// A band made by itself, of no other rows than it asks for, with gaps between its rows.
  func bandFindings(_ plane: Plane, start: Int, count: Int, gap: Int) -> [String] {
    guard
      let convolution = try? plane.convolution(with: bank, edge: edge, output: output, way: way),
      convolution.fourier == nil,
      let whole = try? plane.filtered(
        with: bank, edge: edge, output: output, execution: execution, way: way
      ).plane
    else { return [] }
    let first = start % whole.height
    let band = first..<min(whole.height, first + 1 + count)
    let source = GappedRows(convolution.sourceRows(for: band), of: plane, gap: gap)
    let target = GappedRows(band, of: whole, gap: gap)
    let expected = target.bytes
    target.clear()
    _ = convolution.run(band, from: source.rows, into: target.rows, execution.kernels)
    return target.bytes == expected
      ? [] : ["rows \(band) by themselves, with gaps of \(gap) samples, are others"]
  }

  /// A chain that is made band by band, against its steps one after the other.
  func chainFindings(
    _ options: FilterOptions, _ kernels: [Kernel], _ planes: [Plane], _ alpha: Plane?
  ) -> [String] {
    func filtered(_ plane: Plane) throws(ImageError) -> Plane {
      var plane = plane
      for (i, kernel) in kernels.enumerated() {
        plane = try plane.filtered(
          with: KernelBank(options.convolves ? kernel.flipped : kernel), edge: options.edge,
          output: i == kernels.count - 1 ? output : .float,
          execution: Execution(kernels: execution.kernels, jobs: 1)
        ).plane
      }
      return plane
    }
    let expected = try? planes.map(filtered)
    let chain = try? FilterChain(kernels.map { FilterStep(kernel: $0) }, options: options)
    let result = try? chain?.apply(to: image, output: output, execution: execution)
    guard result?.planes.map(Self.bytes) == expected?.map(Self.bytes) else {
      return ["\(kernels.count) kernels as a chain give other samples"]
    }
    let kept: Plane? =
      switch (options.alpha, alpha, result) {
      case (.keep, let alpha?, let result?):
        inside(alpha, kernels, options, like: result.planes[0]).converted(to: output)
      case (.filter, let alpha?, _?): try? filtered(alpha)
      default: nil
      }
    guard result?.alpha.map(Self.bytes) == kept.map(Self.bytes) else {
      return ["another alpha (\(options.alpha)) of a chain"]
    }
    let picture = try? chain.map {
      try FilteredRows($0.filtered(PictureSource(image), output: output, execution: execution))
        .image()
    }
    let parts = (picture?.colorPlanes ?? []) + [picture?.alphaPlane].compactMap(\.self)
    let whole = (result?.planes ?? []) + [result?.alpha].compactMap(\.self)
    return parts.map(Self.bytes) == whole.map(Self.bytes)
      ? [] : ["other samples of a chain in the pixels of a picture"]
  }

  /// A filter that is no kernel against the reference.
  func operationFindings(_ plane: Plane, _ name: String, _ values: [Double]) -> [String] {
    let type = plane.sampleType
    // Others are rounded first, which is the chain's to do.
    guard type.isInteger || name == "threshold" else { return [] }
    let reference = ReferencePlane(plane)
    let highest = type.range.upperBound
    let levels = values.map { $0 / 255 * highest }
    let expected: ReferencePlane? =
      switch name {
      case "median": try? reference.median(size: Int(values[0]), edge: ReferenceEdge(edge))
      case "threshold": reference.thresholded(above: levels[0], highest: highest)
      default:
        try? reference.canny(
          low: levels[0], high: levels[1], edge: ReferenceEdge(edge), highest: highest)
      }
    let step = try? FilterStep(preset: name, values: values)
    guard case .operation(let operation) = step?.kind(depth: type) else {
      return ["\(name) \(values) is no operation"]
    }
    let result = try? operation.body(plane, edge, execution)
    return result?.values == expected?.values && result?.width == expected?.width
      ? [] : ["another \(name) \(values) of \(plane.width)×\(plane.height) \(type), \(edge)"]
  }

  /// What edge mode `crop` leaves of a plane under kernels one after the other.
  private func inside(
    _ plane: Plane, _ kernels: [Kernel], _ options: FilterOptions, like result: Plane
  ) -> Plane {
    guard options.edge == .crop else { return plane }
    let kernels = kernels.map { options.convolves ? $0.flipped : $0 }
    return plane.cropped(
      left: kernels.reduce(0) { $0 + $1.anchorX }, top: kernels.reduce(0) { $0 + $1.anchorY },
      width: result.width, height: result.height)
  }

  private static func bytes(_ plane: Plane) -> [UInt8] {
    let count = plane.width * plane.height * plane.sampleType.byteCount
    return plane.storage.elements(of: UInt8.self, count: count)
  }
}

/// Some rows of a plane in memory of their own, with gaps between them that hold a pattern.
private struct GappedRows {
  let rows: PlaneRows
  private let storage: SampleBuffer
  private let count: Int
  private let bytesOfRow: Int

  init(_ range: Range<Int>, of plane: Plane, gap: Int) {
    let step = plane.sampleType.byteCount
    bytesOfRow = plane.width * step
    count = range.count
    let stride = bytesOfRow + gap * step
    storage = SampleBuffer(byteCount: max(0, count * stride - gap * step))
    rows = unsafe PlaneRows(start: storage.bytes, first: range.lowerBound, rowBytes: stride)
    unsafe storage.bytes.initializeMemory(
      as: UInt8.self, repeating: Self.pattern, count: storage.byteCount)
    for y in range {
      unsafe rows.row(y).copyMemory(
        from: plane.storage.bytes + y * bytesOfRow, byteCount: bytesOfRow)
    }
  }

  private static let pattern: UInt8 = 0xa5

  /// Rows and gaps.
  var bytes: [UInt8] { storage.elements(of: UInt8.self, count: storage.byteCount) }

  /// Fills the rows, not the gaps, with what no sample should be left as.
  func clear() {
    for y in 0..<count {
      unsafe (storage.bytes + y * rows.rowBytes).initializeMemory(
        as: UInt8.self, repeating: ~Self.pattern, count: bytesOfRow)
    }
  }
}
