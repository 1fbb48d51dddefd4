package import VizKernels

/// How responses that leave the range of a picture become one.
public enum DisplayMode: String, Sendable, CaseIterable {
  /// Rounded and saturated: negative responses are black.
  case clip
  /// Their size without sign, saturated.
  case abs
  /// Added to mid-gray: zero is gray, negative darker, positive brighter; saturated.
  case offset
  /// The smallest becomes black, the largest white.
  case normalize
  /// A diverging colormap: zero neutral, negative and positive in two colours, with a legend.
  case signed
}

extension FilterResult {
  /// Float responses as planes of a picture; `signed` is drawn elsewhere.
  ///
  /// `depth` is the sample type of the picture, an integer one or Float in 0…1; the result is the same
  /// for any number of threads (`jobs`).
  public func displayed(
    _ mode: DisplayMode, as depth: SampleType, jobs: Int? = nil
  ) -> FilterResult {
    displayed(mode, as: depth, Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  package func displayed(
    _ mode: DisplayMode, as depth: SampleType, _ execution: Execution
  ) -> FilterResult {
    let highest = depth.range.upperBound
    var result = self
    var clipping = Clipping()
    var (scale, offset) = (1.0, 0.0)
    switch mode {
    case .clip, .signed: break
    case .abs: result.planes = planes.map { $0.absolute(execution) }
    case .offset: offset = depth.isInteger ? (highest + 1) / 2 : 0.5
    case .normalize:
      let (low, high) = Plane.extremes(of: planes)
      scale = high > low ? highest / (high - low) : 1
      offset = -low * scale
    }
    result.planes = result.planes.map { plane in
      let (shown, lost) = plane.converted(to: depth, scale: scale, offset: offset, execution)
      clipping += lost
      return shown
    }
    result.clipping = clipping
    result.alpha = alpha.map { $0.converted(to: depth, execution).plane }
    return result
  }
}

extension Plane {
  /// |v|, as √(v² + 0²).
  func absolute(_ execution: Execution) -> Plane {
    let bank = KernelBank.magnitude(Kernel(rows: [[1]]), Kernel(rows: [[0]]))
    do throws(ImageError) {
      return try filtered(with: bank, edge: .extend, output: .float, execution: execution).plane
    } catch {
      preconditionFailure("a 1×1 kernel has no border: \(error)")
    }
  }

  /// The smallest and the largest finite value of Float planes; 0…0 where there is none.
  public static func extremes(of planes: [Plane]) -> (low: Double, high: Double) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for plane in planes {
      for value in plane.samples(as: Float.self) where value.isFinite {
        low = min(low, value)
        high = max(high, value)
      }
    }
    return low <= high ? (Double(low), Double(high)) : (0, 0)
  }
}
