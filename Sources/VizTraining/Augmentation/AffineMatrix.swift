#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where the samples of a new picture come from.
///
///     x′ = a·(x + ½) + b·(y + ½) + c,   y′ = d·(x + ½) + e·(y + ½) + f
public struct AffineMatrix: Equatable, Sendable {
  public var a: Double
  public var b: Double
  public var c: Double
  public var d: Double
  public var e: Double
  public var f: Double

  public init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
    (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
  }

  /// The way back of: shear, scale and turn around `center`, then shift.
  ///
  ///     M = T · C · R(angle) · scale · shear · C⁻¹,   angles in degrees, clockwise
  ///
  /// - Source: torchvision's `_get_inverse_affine_matrix`, in the order of its operations.
  init(
    around center: (x: Double, y: Double), angle: Double, shift: (x: Int, y: Int), scale: Double,
    shear: (x: Double, y: Double)
  ) {
    let (turn, sx, sy) = (angle.radians, shear.x.radians, shear.y.radians)
    let a = cos(turn - sy) / cos(sy)
    let b = -cos(turn - sy) * tan(sx) / cos(sy) - sin(turn)
    let c = sin(turn - sy) / cos(sy)
    let d = -sin(turn - sy) * tan(sx) / cos(sy) + cos(turn)
    self.init(d / scale, -b / scale, 0, -c / scale, a / scale, 0)
    let (x, y) = (-center.x - Double(shift.x), -center.y - Double(shift.y))
    self.c += self.a * x + self.b * y
    f += self.d * x + e * y
    self.c += center.x
    f += center.y
  }

  /// The way back of a turn around `center`, in degrees, counterclockwise.
  ///
  /// - Source: Pillow's `Image.rotate`, in the order of its operations.
  init(rotating angle: Double, around center: (x: Double, y: Double)) {
    let turn = -angle.radians
    func rounded(_ value: Double) -> Double { (value * 1e15).rounded() / 1e15 }
    self.init(
      rounded(cos(turn)), rounded(sin(turn)), 0, rounded(-sin(turn)), rounded(cos(turn)), 0)
    let moved = self.applied(-center.x, -center.y)
    (c, f) = (moved.x + center.x, moved.y + center.y)
  }

  func applied(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (a * x + b * y + c, d * x + e * y + f)
  }
}

extension Double {
  fileprivate var radians: Double { self / 180 * .pi }
}
