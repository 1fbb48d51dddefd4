internal import VizNN

/// A random turn, shift, scale and shear around the middle.
struct RandomAffine: PictureTransform {
  let degrees: ClosedRange<Double>
  /// The largest shift in shares of width and height.
  let shift: PicturePoint
  let scale: ClosedRange<Double>
  let shearX: ClosedRange<Double>
  let shearY: ClosedRange<Double>
  let interpolation: Interpolation
  let fill: PictureFill
  let center: PicturePoint?

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    func whole(_ most: Double) -> Int {
      Int(generator.uniform(-most...most).rounded(.toNearestOrEven))
    }
    let angle = generator.uniform(degrees)
    let x = whole(shift.x * Double(size.width))
    let y = whole(shift.y * Double(size.height))
    let scale = generator.uniform(scale)
    let shear = (generator.uniform(shearX), generator.uniform(shearY))
    return [
      .affine(
        angle, shift: (x, y), scale: scale, shear: shear, of: size, interpolation, around: center,
        fill: fill)
    ]
  }

  static let entry = TransformEntry(
    name: "RandomAffine", summary: "A random turn, shift, scale and shear",
    arguments: [
      .init("degrees"), .init("translate", LayerValue.none), .init("scale", LayerValue.none),
      .init("shear", LayerValue.none), .init("interpolation", "nearest"), .init("fill", 0),
      .init("center", LayerValue.none),
    ]
  ) { (arguments) throws(LayerError) in
    let shift =
      arguments.has("translate") ? try arguments.numbers("translate", count: 2, in: 0...1) : [0, 0]
    let shear = try shear(arguments)
    return RandomAffine(
      degrees: try arguments.reach("degrees", in: -36_000...36_000),
      shift: PicturePoint(x: shift[0], y: shift[1]),
      scale: arguments.has("scale") ? try arguments.range("scale", in: 1e-3...1e3) : 1...1,
      shearX: shear.x, shearY: shear.y, interpolation: try arguments.interpolation(),
      fill: try arguments.fill(), center: try arguments.center())
  }

  private static let shears = -89.0...89

  /// A reach or a range along x; four numbers are ranges along x and y.
  private static func shear(
    _ arguments: LayerArguments
  ) throws(LayerError) -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    guard arguments.has("shear") else { return (0...0, 0...0) }
    guard let found = try? arguments.doubles("shear"), found.count == 4 else {
      return (try arguments.reach("shear", in: shears), 0...0)
    }
    guard found.allSatisfy(shears.contains), found[0] <= found[1], found[2] <= found[3] else {
      throw arguments.wrong("shear", "1, 2 or 4 numbers of -89…89 that rise in pairs")
    }
    return (found[0]...found[1], found[2]...found[3])
  }
}

/// The same turn (clockwise), shift in pixels, scale and shear for every picture: a test set moved.
struct FixedAffine: PictureTransform {
  let degrees: Double
  let shiftX: Int
  let shiftY: Int
  let scale: Double
  let shear: PicturePoint
  let interpolation: Interpolation
  let fill: PictureFill
  let center: PicturePoint?

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    [
      .affine(
        degrees, shift: (shiftX, shiftY), scale: scale, shear: (shear.x, shear.y), of: size,
        interpolation, around: center, fill: fill)
    ]
  }

  /// torchvision has a function of this name, and no class.
  static let entry = TransformEntry(
    name: "affine", summary: "A turn, shift, scale and shear, the same for all pictures",
    arguments: [
      .init("angle", 0), .init("translate", [0, 0]), .init("scale", 1.0), .init("shear", 0),
      .init("interpolation", "nearest"), .init("fill", 0), .init("center", LayerValue.none),
    ]
  ) { (arguments) throws(LayerError) in
    let shift = try arguments.ints("translate", in: -65_536...65_536)
    guard shift.count == 2 else { throw arguments.wrong("translate", "two whole numbers, (x, y)") }
    guard let shear = try? arguments.doubles("shear"), 1...2 ~= shear.count,
      shear.allSatisfy({ abs($0) <= 89 })
    else { throw arguments.wrong("shear", "1 or 2 numbers of -89…89") }
    return FixedAffine(
      degrees: try arguments.number("angle", in: -36_000...36_000), shiftX: shift[0],
      shiftY: shift[1], scale: try arguments.number("scale", in: 1e-3...1e3),
      shear: PicturePoint(x: shear[0], y: shear.count == 2 ? shear[1] : 0),
      interpolation: try arguments.interpolation(), fill: try arguments.fill(),
      center: try arguments.center())
  }
}

extension PictureStep {
  /// The step of a turn (clockwise), a shift in pixels, a scale and a shear, around a point or the middle.
  package static func affine(
    _ degrees: Double, shift: (x: Int, y: Int), scale: Double, shear: (x: Double, y: Double),
    of size: PictureSize, _ interpolation: Interpolation, around center: PicturePoint? = nil,
    fill: PictureFill
  ) -> PictureStep {
    let point = center ?? .middle(of: size)
    return .mapped(
      AffineMatrix(
        around: (point.x, point.y), angle: degrees, shift: shift, scale: scale, shear: shear),
      width: size.width, height: size.height, interpolation, fill: fill)
  }
}
