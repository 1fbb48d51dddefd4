internal import VizCNN
internal import VizReference

// The engine's types in the judge's words. The judge itself shares no code with the engine.

extension ReferenceChain {
  /// The chain as the judge computes it.
  ///
  /// - Throws: `NoJudge` where it has no such operation.
  init(_ steps: [ParsedStep], chain: FilterChain, depth: SampleType) throws(NoJudge) {
    let highest = depth.range.upperBound
    var words: [ReferenceStep] = []
    for (step, filter) in zip(steps, chain.filters(depth: depth)) {
      switch filter {
      case .gray: words.append(.gray)
      case .kernels(let bank): words.append(.kernels(ReferenceBank(bank)))
      case .operation(let operation):
        let levels = step.values.map { $0 / 255 * highest }
        switch step.step.name {
        case "median": words.append(.median(size: operation.windowSide))
        case "threshold": words.append(.threshold(level: levels[0], highest: highest))
        case "canny": words.append(.canny(low: levels[0], high: levels[1], highest: highest))
        default: throw NoJudge(reason: "there is no reference for \(step.step.name)")
        }
      }
    }
    self.init(
      words, edge: ReferenceEdge(chain.options.edge), depth: ReferenceSampleType(depth))
  }
}

/// Why there is no verdict.
struct NoJudge: Error {
  let reason: String
}

extension ReferenceSampleType {
  init(_ type: SampleType) {
    switch type {
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .int16: self = .int16
    case .float: self = .float
    }
  }
}

extension ReferenceEdge {
  init(_ mode: EdgeMode) {
    switch mode {
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

extension ReferencePlane {
  init(_ plane: Plane) {
    self.init(width: plane.width, height: plane.height, values: plane.values)
  }
}

extension ReferenceBank {
  init(_ bank: KernelBank) {
    let combination: Combination =
      switch bank.combination {
      case .single: .single
      case .magnitude: .magnitude
      case .maximum: .maximum
      }
    let kernels = bank.kernels.map { kernel in
      ReferenceKernel(
        width: kernel.width, height: kernel.height, taps: kernel.taps, anchorX: kernel.anchorX,
        anchorY: kernel.anchorY)
    }
    self.init(kernels, combination, scale: bank.scale, offset: bank.offset)
  }
}
