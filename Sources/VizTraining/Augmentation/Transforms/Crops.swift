internal import VizNN

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A part of a size at a random place, where wanted of the picture with a border around it.
struct RandomCrop: PictureTransform {
  let target: PictureSize
  /// nil for none.
  let border: PictureBorder?
  let padsIfNeeded: Bool
  let fill: PictureFill
  let mode: PictureBorder.Mode

  func size(of size: PictureSize) -> PictureSize { target }

  func steps(
    for size: PictureSize, using generator: inout SeededGenerator
  ) throws(PictureTransformError) -> [PictureStep] {
    var steps: [PictureStep] = []
    var size = size
    func pad(_ border: PictureBorder) {
      steps.append(.padded(border))
      size = PictureStep.padded(border).size(of: size)
    }
    if let border { pad(border) }
    let missing = (max(0, target.width - size.width), max(0, target.height - size.height))
    if padsIfNeeded, missing != (0, 0) {
      pad(
        PictureBorder(
          left: missing.0, top: missing.1, right: missing.0, bottom: missing.1, fill: fill,
          mode: mode))
    }
    guard size.width >= target.width, size.height >= target.height else {
      throw .tooSmall(transform: "RandomCrop", needed: target, found: size)
    }
    let top = Int.random(in: 0...size.height - target.height, using: &generator)
    let left = Int.random(in: 0...size.width - target.width, using: &generator)
    return steps + [.cropped(left: left, top: top, width: target.width, height: target.height)]
  }

  static let entry = TransformEntry(
    name: "RandomCrop", summary: "A part at a random place, with padding around the picture",
    arguments: [
      .init("size"), .init("padding", LayerValue.none), .init("pad_if_needed", false),
      .init("fill", 0), .init("padding_mode", "constant"),
    ]
  ) { (arguments) throws(LayerError) in
    let fill = try arguments.fill()
    let name = try arguments.string(
      "padding_mode", among: PictureBorder.Mode.allCases.map(\.rawValue))
    let mode = PictureBorder.Mode(rawValue: name) ?? .constant
    return RandomCrop(
      target: try arguments.size("size"), border: try border(arguments, fill, mode),
      padsIfNeeded: try arguments.bool("pad_if_needed"), fill: fill, mode: mode)
  }

  /// One side for all, left and top for both sides, or left, top, right and bottom.
  private static func border(
    _ arguments: LayerArguments, _ fill: PictureFill, _ mode: PictureBorder.Mode
  ) throws(LayerError) -> PictureBorder? {
    guard arguments.has("padding") else { return nil }
    let sides = try arguments.ints("padding", in: LayerArguments.borders)
    guard [1, 2, 4].contains(sides.count) else {
      throw arguments.wrong("padding", "1, 2 or 4 whole numbers")
    }
    let count = sides.count
    return PictureBorder(
      left: sides[0], top: sides[1 % count], right: sides[2 % count], bottom: sides[3 % count],
      fill: fill, mode: mode)
  }
}

/// The middle of a picture; what is missing is black.
struct CenterCrop: PictureTransform {
  let target: PictureSize

  func size(of size: PictureSize) -> PictureSize { target }

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    let missing = (max(0, target.width - size.width), max(0, target.height - size.height))
    var (steps, size): ([PictureStep], PictureSize) = ([], size)
    if missing != (0, 0) {
      let border = PictureStep.padded(
        PictureBorder(
          left: missing.0 / 2, top: missing.1 / 2, right: (missing.0 + 1) / 2,
          bottom: (missing.1 + 1) / 2))
      steps.append(border)
      size = border.size(of: size)
    }
    func start(_ rest: Int) -> Int { Int((Double(rest) / 2).rounded(.toNearestOrEven)) }
    steps.append(
      .cropped(
        left: start(size.width - target.width), top: start(size.height - target.height),
        width: target.width, height: target.height))
    return steps
  }

  static let entry = TransformEntry(
    name: "CenterCrop", summary: "The middle of a picture", arguments: [.init("size")]
  ) { (arguments) throws(LayerError) in
    CenterCrop(target: try arguments.size("size"))
  }
}

/// A part of random area and shape at a random place, resized.
struct RandomResizedCrop: PictureTransform {
  let target: PictureSize
  /// The part's share of the area, and its width over its height.
  let area: ClosedRange<Double>
  let ratio: ClosedRange<Double>

  func size(of size: PictureSize) -> PictureSize { target }

  /// Of a part of middling area, resized.
  func wholeSide(of side: Double, size: PictureSize) -> Double {
    let share = ((area.lowerBound + area.upperBound) / 2).squareRoot()
    return side * target.magnification(of: size) / share
  }

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    let part = part(of: size, using: &generator)
    return [part, .resized(width: target.width, height: target.height)]
  }

  private func part(of size: PictureSize, using generator: inout SeededGenerator) -> PictureStep {
    for _ in 0..<10 {
      let area = Double(size.width * size.height) * generator.uniform(self.area)
      let logarithm = generator.uniform(log(ratio.lowerBound)...log(ratio.upperBound))
      let ratio = exp(logarithm)
      let width = (area * ratio).squareRoot().rounded(.toNearestOrEven)
      let height = (area / ratio).squareRoot().rounded(.toNearestOrEven)
      guard 1...Double(size.width) ~= width, 1...Double(size.height) ~= height else { continue }
      let top = Int.random(in: 0...size.height - Int(height), using: &generator)
      let left = Int.random(in: 0...size.width - Int(width), using: &generator)
      return .cropped(left: left, top: top, width: Int(width), height: Int(height))
    }
    return middle(of: size)
  }

  /// As much of the middle as has a ratio that is allowed.
  private func middle(of size: PictureSize) -> PictureStep {
    let found = Double(size.width) / Double(size.height)
    let height = Double(size.width) / ratio.lowerBound
    let width = Double(size.height) * ratio.upperBound
    let part = PictureSize(
      width: found > ratio.upperBound ? max(1, Int(width.rounded(.toNearestOrEven))) : size.width,
      height: found < ratio.lowerBound
        ? max(1, Int(height.rounded(.toNearestOrEven))) : size.height)
    return .cropped(
      left: (size.width - part.width) / 2, top: (size.height - part.height) / 2,
      width: part.width, height: part.height)
  }

  static let entry = TransformEntry(
    name: "RandomResizedCrop", summary: "A part of random area and shape, resized",
    arguments: [
      .init("size"), .init("scale", [0.08, 1.0]), .init("ratio", [0.75, .float(4.0 / 3)]),
      .init("interpolation", "bilinear"), .init("antialias", true),
    ]
  ) { (arguments) throws(LayerError) in
    _ = try arguments.interpolation(among: [.bilinear])
    return RandomResizedCrop(
      target: try arguments.size("size"), area: try arguments.range("scale", in: 1e-6...1),
      ratio: try arguments.range("ratio", in: 1e-3...1e3))
  }
}
