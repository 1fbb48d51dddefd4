internal import CShims

// Operations that are no sums: median, edges, gray, threshold.

extension OpenCVOracle {
  /// `cv::medianBlur`: 3×3 and 5×5 of every type, larger of UInt8 only.
  ///
  /// It extends edges; the other modes are put around the picture first.
  package static func medianBlur<S>(
    _ picture: OraclePicture<S>, size: Int, edge: ReferenceEdge = .extend
  ) throws(OracleError) -> OraclePicture<S> {
    precondition(size > 0 && size % 2 == 1, "a median of \(size)×\(size)")
    let reach = OracleReach(width: size, height: size)
    let call = {
      (source: OraclePicture<S>, _: Int32) throws(OracleError) -> OraclePicture<S> in
      try unsafe oracleCall(
        "medianBlur", source, into: S.self, width: source.width, height: source.height
      ) {
        unsafe viz_cv_median_blur($0, $1, Int32(size))
      }
    }
    switch edge {
    case .extend, .crop, .renormalize:
      return try run(picture, reach: reach, edge: edge, call)
    case .pad, .mirror, .reflect101, .wrap:
      return try runBordered(picture, reach: reach, edge: edge, call)
    }
  }

  /// `cv::Canny` of a picture of one channel: edges are 255.
  ///
  /// OpenCV itself extends edges; for the other modes its Sobel sums go into its detector.
  package static func canny(
    _ picture: OraclePicture<UInt8>, low: Double, high: Double, norm: ReferenceNorm = .l1,
    edge: ReferenceEdge = .extend
  ) throws(OracleError) -> OraclePicture<UInt8> {
    let squared: Int32 = norm == .l2 ? 1 : 0
    if edge == .extend {
      return try unsafe oracleCall(
        "Canny", picture, into: UInt8.self, width: picture.width, height: picture.height
      ) { unsafe viz_cv_canny($0, $1, low, high, 3, squared) }
    }
    let dx = try sobel(picture, as: Int16.self, dx: 1, dy: 0, edge: edge)
    let dy = try sobel(picture, as: Int16.self, dx: 0, dy: 1, edge: edge)
    let edges = unsafe dy.samples.withUnsafeBytes { bytes in
      var vertical = unsafe viz_cv_matrix(
        samples: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
        stride: dy.width * MemoryLayout<Int16>.stride, width: Int32(dy.width),
        height: Int32(dy.height), channels: 1, depth: Int32(VIZ_CV_INT16))
      return Result { () throws(OracleError) in
        try unsafe oracleCall("Canny", dx, into: UInt8.self, width: dx.width, height: dx.height) {
          unsafe viz_cv_canny_gradients($0, &vertical, $1, low, high, squared)
        }
      }
    }
    return try edges.get()
  }

  /// `cv::cvtColor` from three or four channels, red first, to gray: UInt8, UInt16, Float.
  package static func gray<S>(
    _ picture: OraclePicture<S>
  ) throws(OracleError) -> OraclePicture<S> {
    try unsafe oracleCall(
      "cvtColor", picture, into: S.self, width: picture.width, height: picture.height, channels: 1
    ) { unsafe viz_cv_rgb_to_gray($0, $1) }
  }

  /// `cv::threshold`: highest where a sample is above the threshold, else 0.
  package static func threshold<S>(
    _ picture: OraclePicture<S>, above threshold: Double, highest: Double
  ) throws(OracleError) -> OraclePicture<S> {
    try unsafe oracleCall(
      "threshold", picture, into: S.self, width: picture.width, height: picture.height
    ) { unsafe viz_cv_threshold($0, $1, threshold, highest) }
  }
}
