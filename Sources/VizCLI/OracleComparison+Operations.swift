internal import VizCNN
internal import VizReference

// What is no kernel.
extension OracleComparison {
  func operation<S: Sample & ReferenceSample>(
    _ picture: OraclePicture<S>, side: Int
  ) throws(OracleError) -> (function: String, plane: ReferencePlane) {
    let highest = type.range?.upperBound ?? 1
    let levels = steps[0].values.map { $0 / 255 * highest }
    switch steps[0].step.name {
    case "median":
      guard type == .uint8 || side <= 5 else {
        throw .unavailable("medianBlur of \(type.rawValue) goes up to 5×5")
      }
      return ("medianBlur", try OpenCVOracle.medianBlur(picture, size: side, edge: edge).plane())
    case "threshold":
      let result = try OpenCVOracle.threshold(picture, above: levels[0], highest: highest)
      return ("threshold", result.plane())
    case "canny":
      guard let bytes = picture as? OraclePicture<UInt8> else {
        throw .unavailable("Canny is for uint8")
      }
      let result = try OpenCVOracle.canny(bytes, low: levels[0], high: levels[1], edge: edge)
      return ("Canny", result.plane())
    default:
      throw .unavailable("it has no \(steps[0].step.name)")
    }
  }
}

// The way to gray, which comes before the first step.
extension OracleComparison {
  func grayRow(plane: String) throws(OracleError) -> Verification.Row {
    let expected: ReferencePlane
    switch image.sampleType {
    case .uint8: expected = try gray(UInt8.self)
    case .uint16: expected = try gray(UInt16.self)
    case .int16: throw .unavailable("it makes no gray of int16")
    case .float:
      throw .unavailable("its weights of float colours are 0.299, 0.587, 0.114, not n / 2¹⁵")
    }
    return Verification.Row(
      judge: "\(name) cvtColor", plane: plane,
      comparison: ReferenceComparison(
        ReferencePlane(image.grayscale), with: expected, isExact: true))
  }

  private func gray<S: Sample & ReferenceSample>(
    _ type: S.Type
  ) throws(OracleError) -> ReferencePlane {
    let picture = OraclePicture(
      width: image.width, height: image.height, channels: image.layout.channels,
      samples: image.samples(as: type))
    return try OpenCVOracle.gray(picture).plane()
  }
}
