internal import VizNN

/// A turn around the middle by a random angle, counterclockwise.
struct RandomRotation: PictureTransform {
  let degrees: ClosedRange<Double>
  let interpolation: Interpolation
  let center: PicturePoint?
  let fill: PictureFill

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    PictureStep.rotation(
      generator.uniform(degrees), of: size, interpolation, around: center, fill: fill)
  }

  static let entry = TransformEntry(
    name: "RandomRotation", summary: "A turn by a random angle, counterclockwise",
    arguments: [
      .init("degrees"), .init("interpolation", "nearest"), .init("expand", false),
      .init("center", LayerValue.none), .init("fill", 0),
    ]
  ) { (arguments) throws(LayerError) in
    guard try !arguments.bool("expand") else {
      throw arguments.wrong(
        "expand", "False, as pictures that grow with their angle have no common size")
    }
    return RandomRotation(
      degrees: try arguments.reach("degrees", in: -36_000...36_000),
      interpolation: try arguments.interpolation(), center: try arguments.center(),
      fill: try arguments.fill())
  }
}

extension PictureStep {
  /// The steps of a turn; right angles around the middle move whole pixels, as Pillow's do.
  package static func rotation(
    _ degrees: Double, of size: PictureSize, _ interpolation: Interpolation,
    around center: PicturePoint? = nil, fill: PictureFill = .black
  ) -> [PictureStep] {
    let rest = degrees.truncatingRemainder(dividingBy: 360)
    let angle = rest < 0 ? rest + 360 : rest
    if center == nil {
      if angle == 0 { return [] }
      if angle == 180 { return [.turned(quarters: 2)] }
      if angle == 90 || angle == 270, size.width == size.height {
        return [.turned(quarters: angle == 90 ? 1 : 3)]
      }
    }
    let point = center ?? .middle(of: size)
    return [
      .mapped(
        AffineMatrix(rotating: angle, around: (point.x, point.y)), width: size.width,
        height: size.height, interpolation, fill: fill)
    ]
  }
}
