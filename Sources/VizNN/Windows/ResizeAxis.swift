internal import VizKernels

/// Where the samples of a resized image lie in the original, in one direction.
///
///     steps                 i · step
///     halfPixelSteps        (i + ½) · step − ½
///     alignCornersSteps     i · step, with step = (length − 1) / (outputLength − 1)
///     asymmetric            i / scale
///     halfPixel             (i + ½) / scale − ½
///     halfPixelSymmetric    the same, with the middle of the output on that of the input
///     pytorchHalfPixel      the same, but 0 for a single sample
///     alignCorners          i · (length − 1) / (outputLength − 1)
///
/// The first three are PyTorch's, the others ONNX's. All are computed in Float as both do it, because the
/// nearest sample of a place that is a whole number hangs on the last bit: 18 · Float(1 / 1.2) is 15, and
/// 18 / Float(1.2) a little less.
///
/// - Source: nearest_idx in PyTorch's aten/src/ATen/native/UpSample.h; operator Resize of the ONNX
///   specification, in the order of onnxruntime's operations.
public struct ResizeAxis: Equatable, Sendable {
  public enum Coordinates: String, Sendable, CaseIterable {
    case steps
    case halfPixelSteps = "half_pixel_steps"
    case alignCornersSteps = "align_corners_steps"
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case asymmetric
    case alignCorners = "align_corners"
  }

  public enum Rounding: String, Sendable, CaseIterable {
    case floor, ceil
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
    /// Up where the image becomes smaller, else down: ONNX before operator set 11.
    case outwards
  }

  let length: Int
  let outputLength: Int
  /// nil where the output's length is given and not its scale.
  let scale: Double?
  let coordinates: Coordinates
  let rounding: Rounding

  /// For a length that is given.
  init(
    length: Int, outputLength: Int, scale: Double? = nil, coordinates: Coordinates,
    rounding: Rounding
  ) {
    self.length = length
    self.outputLength = outputLength
    self.scale = scale
    self.coordinates = coordinates
    self.rounding = rounding
  }

  /// For a scale.
  ///
  /// PyTorch multiplies in Double, ONNX in Float; both cut off what is behind the point.
  init(length: Int, scale: Double, coordinates: Coordinates, rounding: Rounding) {
    let product =
      coordinates.isOfPyTorch
      ? Double(length) * scale : Double(Float(length) * Float(scale))
    self.init(
      length: length, outputLength: Int(product), scale: scale, coordinates: coordinates,
      rounding: rounding)
  }

  /// The same with places that follow from the lengths.
  var withoutScale: ResizeAxis {
    ResizeAxis(
      length: length, outputLength: outputLength, coordinates: coordinates, rounding: rounding)
  }

  /// Samples of the input from one of the output to the next.
  private var step: Float {
    scale.map { Float(1 / $0) } ?? Float(length) / Float(outputLength)
  }

  private var factor: Float {
    scale.map { Float($0) } ?? Float(outputLength) / Float(length)
  }

  private func place(_ i: Int) -> Float {
    let i = Float(i)
    switch coordinates {
    case .steps: return i * step
    case .halfPixelSteps: return (i + 0.5) * step - 0.5
    case .alignCornersSteps:
      return outputLength > 1 ? i * (Float(length - 1) / Float(outputLength - 1)) : 0
    case .halfPixel: return (i + 0.5) / factor - 0.5
    case .halfPixelSymmetric:
      // A scale that gives no whole length gives less at the end alone.
      let share = Float(outputLength) / (factor * Float(length))
      return Float(length) / 2 * (1 - share) + (i + 0.5) / factor - 0.5
    case .pytorchHalfPixel: return outputLength > 1 ? (i + 0.5) / factor - 0.5 : 0
    case .asymmetric: return i / factor
    case .alignCorners:
      return outputLength > 1 ? i * Float(length - 1) / Float(outputLength - 1) : 0
    }
  }

  /// The places; PyTorch has some of its own where a scale leaves the length as it is, or doubles it.
  var places: [Float] {
    if coordinates.isOfPyTorch, outputLength == length { return (0..<length).map { Float($0) } }
    if coordinates == .steps, outputLength == 2 * length {
      return (0..<outputLength).map { Float($0 / 2) }
    }
    return (0..<outputLength).map(place)
  }

  /// What every sample of the output takes; places outside are the outermost samples.
  func resampling(_ isBilinear: Bool) -> AxisResampling {
    let last = length - 1
    let places = places
    guard isBilinear else {
      return AxisResampling(
        length: length, taking: places.map { min(max(rounded($0), 0), last) })
    }
    let clamped = places.map { min(max($0, 0), Float(last)) }
    let first = clamped.map { Int($0) }
    return AxisResampling(
      length: length, first: first, second: first.map { min($0 + 1, last) },
      weight: zip(clamped, first).map { $0 - Float($1) })
  }

  private func rounded(_ place: Float) -> Int {
    switch rounding {
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    case .outwards: Int(place.rounded(factor < 1 ? .up : .down))
    }
  }
}

extension ResizeAxis.Coordinates {
  /// Whether places are multiples of a step, and not divided by the scale.
  var isOfPyTorch: Bool { [.steps, .halfPixelSteps, .alignCornersSteps].contains(self) }
}

// MARK: - Between PyTorch and ONNX

extension ResizeAxis.Coordinates {
  /// What ONNX calls it.
  var ofONNX: Self {
    switch self {
    case .steps: .asymmetric
    case .halfPixelSteps: .halfPixel
    case .alignCornersSteps: .alignCorners
    default: self
    }
  }
}

extension ResizeAxis {
  /// The same axis by ONNX's rules, for a scale or for the lengths alone.
  func ofONNX(scale: Float?) -> ResizeAxis {
    guard let scale else {
      return ResizeAxis(
        length: length, outputLength: outputLength, coordinates: coordinates.ofONNX,
        rounding: rounding)
    }
    return ResizeAxis(
      length: length, scale: Double(scale), coordinates: coordinates.ofONNX, rounding: rounding)
  }

  /// Whether another axis has as many samples, and takes the same of the input.
  func isSame(as other: ResizeAxis, isNearest: Bool) -> Bool {
    // Between samples the last bit of a place is the last bit of a weight.
    outputLength == other.outputLength
      && (!isNearest || resampling(false).first == other.resampling(false).first)
  }

  /// The scale with which ONNX's rules give this axis, its own or one beside it; nil where there is none, as
  /// for 2.3.
  func scaleOfONNX(isNearest: Bool) -> Float? {
    let ratio = Float(outputLength) / Float(length)
    // A length that stays is copied in PyTorch, whatever the scale.
    let candidates =
      coordinates.isOfPyTorch && ratio == 1
      ? [1] : [factor, factor.nextDown, factor.nextUp, ratio]
    // Other pictures may be larger, so a scale is better that holds for more samples too.
    let longer = scale.map {
      ResizeAxis(
        length: max(length, 1024), scale: $0, coordinates: coordinates, rounding: rounding)
    }
    for axis in [longer, self] {
      guard let axis else { continue }
      let fitting = candidates.first {
        isSame(as: ofONNX(scale: $0), isNearest: isNearest)
          && axis.isSame(as: axis.ofONNX(scale: $0), isNearest: isNearest)
      }
      if let fitting { return fitting }
    }
    return nil
  }
}
