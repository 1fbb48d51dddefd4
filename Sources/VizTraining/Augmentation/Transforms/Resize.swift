internal import VizNN

/// Another size: the shorter side becomes one number, or height and width two.
struct Resize: PictureTransform {
  enum Target: Equatable {
    case shorterSide(Int)
    case size(PictureSize)
  }

  let target: Target

  func size(of size: PictureSize) -> PictureSize {
    switch target {
    case .size(let target): target
    case .shorterSide(let side): Self.size(of: size, shorterSide: side)
    }
  }

  func wholeSide(of side: Double, size: PictureSize) -> Double {
    side * self.size(of: size).magnification(of: size)
  }

  /// The longer side keeps the proportion, rounded down.
  private static func size(of size: PictureSize, shorterSide side: Int) -> PictureSize {
    size.width <= size.height
      ? PictureSize(width: side, height: side * size.height / size.width)
      : PictureSize(width: side * size.width / size.height, height: side)
  }

  func steps(for size: PictureSize, using generator: inout SeededGenerator) -> [PictureStep] {
    let target = self.size(of: size)
    return [.resized(width: target.width, height: target.height)]
  }

  static let entry = TransformEntry(
    name: "Resize", summary: "Another size: of the shorter side, or height and width",
    arguments: [
      .init("size"), .init("interpolation", "bilinear"), .init("max_size", LayerValue.none),
      .init("antialias", true),
    ]
  ) { (arguments) throws(LayerError) in
    _ = try arguments.interpolation(among: [.bilinear])
    guard !arguments.has("max_size") else {
      throw arguments.wrong("max_size", "None: (height, width) says both sides")
    }
    let sides = try arguments.ints("size", in: LayerArguments.sides)
    return Resize(
      target: sides.count == 1
        ? .shorterSide(sides[0]) : .size(try arguments.size("size")))
  }
}

extension PictureSize {
  /// How many times as long as another's its sides are; where they are not so alike, the side that grew more.
  func magnification(of other: PictureSize) -> Double {
    max(Double(width) / Double(other.width), Double(height) / Double(other.height))
  }
}
