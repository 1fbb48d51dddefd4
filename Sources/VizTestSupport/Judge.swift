package import VizImage
package import VizReference

// The engine's types in the judge's words. The judge itself shares no code with the engine.

extension ReferenceEdge {
  package init(_ edge: EdgeMode) {
    switch edge {
    case .extend: self = .extend
    case .pad(let value): self = .pad(value)
    case .crop: self = .crop
    case .mirror: self = .mirror
    case .reflect101: self = .reflect101
    case .wrap: self = .wrap
    case .renormalize: self = .renormalize
    }
  }
}

extension ReferenceBank {
  package init(_ bank: KernelBank) {
    let combination: Combination =
      switch bank.combination {
      case .single: .single
      case .magnitude: .magnitude
      case .maximum: .maximum
      }
    self.init(
      bank.kernels.map(ReferenceKernel.init), combination, scale: bank.scale, offset: bank.offset)
  }
}

extension ReferenceKernel {
  package init(_ kernel: Kernel) {
    self.init(
      width: kernel.width, height: kernel.height, taps: kernel.taps, anchorX: kernel.anchorX,
      anchorY: kernel.anchorY)
  }
}

extension ReferenceSampleType {
  package init(_ type: SampleType) {
    switch type {
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .int16: self = .int16
    case .float: self = .float
    }
  }
}

extension ReferencePlane {
  package init(_ plane: Plane) {
    self.init(width: plane.width, height: plane.height, values: plane.values)
  }

  /// offset + scale · the joined response of a bank, rounded nowhere.
  package func response(
    to bank: KernelBank, edge: EdgeMode
  ) throws(ReferenceError) -> ReferencePlane {
    try response(to: ReferenceBank(bank), edge: ReferenceEdge(edge))
  }

  /// What float32 sums may lose at each sample.
  package func floatTolerance(
    for bank: KernelBank, edge: EdgeMode
  ) throws(ReferenceError) -> ReferencePlane {
    try floatTolerance(for: ReferenceBank(bank), edge: ReferenceEdge(edge))
  }

  /// What sums by way of frequencies may lose: n · 2⁻²³ · |scale| · Σ|k| · max|p|, with the maximum
  /// over all numbers of the plane and its border, which is no less than over any tile of them.
  package func fourierTolerance(
    for bank: KernelBank, edge: EdgeMode
  ) throws(ReferenceError) -> ReferencePlane {
    var peak = values.filter(\.isFinite).reduce(0) { max($0, abs($1)) }
    if case .pad(let value) = edge { peak = max(peak, abs(value)) }
    let bounds = bank.kernels.map { kernel in
      let count = Double(kernel.taps.count { $0 != 0 } + 1)
      let sum = kernel.taps.reduce(0) { $0 + abs($1) } * peak
      return (sum * abs(bank.scale) + abs(bank.offset)) * count * 0x1p-23
    }
    let bound = (bounds.max() ?? 0) * (bank.combination == .magnitude ? 2.0.squareRoot() : 1)
    var tolerances = [Double](repeating: bound, count: values.count)
    if edge == .renormalize {
      // What is lost in a sum over the rest counts for as much more as the rest does.
      let ones = ReferencePlane(width: width, height: height, values: values.map { _ in 1 })
      let rest = try ones.correlated(with: ReferenceKernel(bank.kernels[0]), edge: .pad(0))
      let total = bank.kernels[0].taps.reduce(0, +)
      tolerances = rest.values.map { bound * total / $0 }
    }
    return ReferencePlane(width: width, height: height, values: tolerances)
  }
}
