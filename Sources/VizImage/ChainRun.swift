internal import VizKernels

/// One application of a chain: planes become planes that are made band by band.
struct ChainRun {
  let filters: [FilterKind]
  let edge: EdgeMode
  let depth: SampleType
  let output: SampleType
  let pass: BandPass

  /// The steps before some planes, and what was lost where the last of them ran at once.
  func apply(
    to planes: [RowPlane]
  ) throws(ImageError) -> (planes: [RowPlane], clipping: Clipping) {
    var planes = planes
    var clipping = Clipping()
    for (i, filter) in filters.enumerated() {
      let isLast = i == filters.count - 1
      switch filter {
      case .gray:
        if planes.count == 3 {
          planes = [RowPlane(red: planes[0], green: planes[1], blue: planes[2])]
        }
      case .kernels(let bank):
        let (filtered, lost) = try apply(bank, to: planes, output: isLast ? output : .float)
        planes = filtered
        if isLast { clipping = lost }
      case .operation(let operation):
        planes = try apply(operation, to: planes)
      }
    }
    return (planes.map { converted($0, to: output) }, clipping)
  }

  /// The steps computed at once.
  func planes(of planes: [Plane]) throws(ImageError) -> [Plane] {
    try pass.store(apply(to: planes.map { RowPlane($0) }).planes, counting: 0).planes
  }

  private func apply(
    _ bank: KernelBank, to planes: [RowPlane], output: SampleType
  ) throws(ImageError) -> (planes: [RowPlane], clipping: Clipping) {
    let convolution = try pass.source.times.measuring(.filter) { () throws(ImageError) in
      try planes[0].convolution(with: bank, edge: edge, output: output)
    }
    // Rows from the other end of the picture would have every band make all of it.
    let needsWhole = edge == .wrap && bank.height > 1 && planes.contains { $0.storage == nil }
    guard needsWhole || convolution.fourier != nil else {
      return (planes.map { $0.filtered(by: convolution) }, Clipping())
    }
    let whole = try pass.store(planes, counting: 0).planes
    guard convolution.fourier != nil else {
      return (whole.map { RowPlane($0).filtered(by: convolution) }, Clipping())
    }
    var clipping = Clipping()
    var filtered: [RowPlane] = []
    for plane in whole {
      let (made, lost) = pass.source.times.measuring(.filter) {
        plane.filtered(by: convolution, output: output, execution: pass.execution)
      }
      filtered.append(RowPlane(made))
      clipping += lost
    }
    return (filtered, clipping)
  }

  private func apply(
    _ operation: PlaneOperation, to planes: [RowPlane]
  ) throws(ImageError) -> [RowPlane] {
    var planes = planes
    if operation.needsRoundedSamples && depth.isInteger {
      planes = planes.map { converted($0, to: depth) }
    }
    if let rows = operation.rows {
      let filter = try rows(planes[0], edge)
      return planes.map { $0.filtered(by: filter) }
    }
    var done: [RowPlane] = []
    for plane in try pass.store(planes, counting: 0).planes {
      let made = try pass.source.times.measuring(.filter) { () throws(ImageError) in
        try operation.body(plane, edge, pass.execution)
      }
      done.append(RowPlane(made))
    }
    return done
  }

  /// The same values in another sample type, rounded half to even and saturated.
  func converted(_ plane: RowPlane, to type: SampleType) -> RowPlane {
    if plane.sampleType == type { return plane }
    do throws(ImageError) {
      return plane.filtered(
        by: try plane.convolution(
          with: KernelBank(Kernel(rows: [[1]])), edge: .extend, output: type))
    } catch {
      preconditionFailure("a 1×1 kernel has no border: \(error)")
    }
  }

  /// A plane without what edge mode `crop` takes from the others.
  func cropped(_ plane: RowPlane) -> RowPlane {
    guard edge == .crop else { return plane }
    var (left, top, right, bottom) = (0, 0, 0, 0)
    for filter in filters {
      let window = filter.window
      left += window.anchorX
      top += window.anchorY
      right += window.width - 1 - window.anchorX
      bottom += window.height - 1 - window.anchorY
    }
    return plane.part(
      left: left, top: top, width: plane.width - left - right,
      height: plane.height - top - bottom)
  }
}

extension FilterKind {
  /// How far the filter looks around a sample.
  public var window: (width: Int, height: Int, anchorX: Int, anchorY: Int) {
    switch self {
    case .gray: return (1, 1, 0, 0)
    case .operation(let operation):
      let side = operation.windowSide
      return (side, side, side / 2, side / 2)
    case .kernels(let bank):
      return (bank.width, bank.height, bank.kernels[0].anchorX, bank.kernels[0].anchorY)
    }
  }
}
