internal import CShims

/// OpenCV as the second judge: its own filters, called the way that compares with ours.
///
/// The edge mode is always said (OpenCV's own default is `reflect101`), pictures are never parts of
/// larger ones, and no exception comes out. What its filters do not know is made of what they do:
///
///     wrap, pad(v ≠ 0)    copyMakeBorder, filter, cut out the middle
///     crop                filter, cut off what saw the border
///     renormalize         not available
///
/// Compare with finite samples only: from 50 or 130 taps on OpenCV filters through a Fourier
/// transform, and one NaN spreads over the whole picture.
package enum OpenCVOracle {
  /// The version of the library that is loaded, such as "4.6.0".
  package static var version: String { unsafe String(cString: viz_cv_version()) }

  /// How many threads OpenCV may use in this process.
  package static var threads: Int { Int(viz_cv_threads()) }

  /// Sets how many threads OpenCV may use in this process; 1 for none but the caller's.
  package static func setThreads(_ count: Int) { viz_cv_set_threads(Int32(clamping: count)) }

  /// The picture with a border around it, filled as an edge mode says.
  ///
  /// - Throws: `unavailable` for `crop`, `renormalize` and a pad value that is no sample.
  package static func copyMakeBorder<S>(
    _ picture: OraclePicture<S>, left: Int, top: Int, right: Int, bottom: Int, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<S> {
    precondition(
      min(left, top, right, bottom) >= 0, "a border of \(left),\(top),\(right),\(bottom)")
    guard let border = edge.oracleBorder else {
      throw .unavailable("no border is called \(edge)")
    }
    if case .pad(let value) = edge, !S.referenceType.canHold(value) {
      throw .unavailable("\(value) is no \(S.referenceType.rawValue) sample")
    }
    return try unsafe oracleCall(
      "copyMakeBorder", picture, into: S.self, width: picture.width + left + right,
      height: picture.height + top + bottom
    ) { source, target in
      unsafe viz_cv_copy_make_border(
        source, target, Int32(left), Int32(top), border, edge.outside)
    }
  }

  /// Runs a filter under any edge mode; `filter` gets a border code that OpenCV's filters know.
  static func run<S, T>(
    _ picture: OraclePicture<S>, reach: OracleReach, edge: ReferenceEdge,
    _ filter: (OraclePicture<S>, Int32) throws(OracleError) -> OraclePicture<T>
  ) throws(OracleError) -> OraclePicture<T> {
    switch edge {
    case .extend: return try filter(picture, Int32(VIZ_CV_REPLICATE))
    case .mirror: return try filter(picture, Int32(VIZ_CV_REFLECT))
    case .reflect101: return try filter(picture, Int32(VIZ_CV_REFLECT_101))
    case .pad(0): return try filter(picture, Int32(VIZ_CV_CONSTANT))
    case .pad, .wrap:
      return try runBordered(picture, reach: reach, edge: edge, filter)
    case .crop:
      guard picture.width >= reach.width, picture.height >= reach.height else {
        throw .unavailable("crop leaves nothing of \(picture.width)×\(picture.height)")
      }
      return try filter(picture, Int32(VIZ_CV_REPLICATE)).inner(reach)
    case .renormalize:
      throw .unavailable("no filter knows the edge mode renormalize")
    }
  }

  /// Runs a filter on a picture that brings its border along.
  static func runBordered<S, T>(
    _ picture: OraclePicture<S>, reach: OracleReach, edge: ReferenceEdge,
    _ filter: (OraclePicture<S>, Int32) throws(OracleError) -> OraclePicture<T>
  ) throws(OracleError) -> OraclePicture<T> {
    let bordered = try copyMakeBorder(
      picture, left: reach.left, top: reach.top, right: reach.right, bottom: reach.bottom,
      edge: edge)
    return try filter(bordered, Int32(VIZ_CV_REPLICATE)).inner(reach)
  }
}

/// How many samples a window covers on each side of its output pixel.
struct OracleReach {
  let left: Int
  let top: Int
  let right: Int
  let bottom: Int

  init(width: Int, height: Int, anchorX: Int, anchorY: Int) {
    (left, top) = (anchorX, anchorY)
    (right, bottom) = (width - 1 - anchorX, height - 1 - anchorY)
  }

  /// A window with its output pixel in the middle.
  init(width: Int, height: Int) {
    self.init(width: width, height: height, anchorX: width / 2, anchorY: height / 2)
  }

  init(_ kernel: ReferenceKernel) {
    self.init(
      width: kernel.width, height: kernel.height, anchorX: kernel.anchorX, anchorY: kernel.anchorY)
  }

  var width: Int { left + 1 + right }
  var height: Int { top + 1 + bottom }
}

extension OraclePicture {
  /// What is left when everything within reach of the border is cut off.
  fileprivate func inner(_ reach: OracleReach) -> OraclePicture {
    cropped(
      x: reach.left, y: reach.top, width: width - reach.left - reach.right,
      height: height - reach.top - reach.bottom)
  }
}

extension ReferenceEdge {
  /// OpenCV's border of the same meaning.
  fileprivate var oracleBorder: Int32? {
    switch self {
    case .extend: Int32(VIZ_CV_REPLICATE)
    case .pad: Int32(VIZ_CV_CONSTANT)
    case .mirror: Int32(VIZ_CV_REFLECT)
    case .reflect101: Int32(VIZ_CV_REFLECT_101)
    case .wrap: Int32(VIZ_CV_WRAP)
    case .crop, .renormalize: nil
    }
  }
}

extension ReferenceSampleType {
  /// Whether a number is a sample of this type as it stands.
  func canHold(_ value: Double) -> Bool {
    self == .float ? Double(Float(value)) == value : finished(value) == value
  }
}
