internal import CShims

// Linear filters: each names OpenCV's function, with the edge mode as ours and the result's type
// as an argument.

extension OpenCVOracle {
  /// `cv::filter2D`: correlation with Float32 taps, plus `delta`.
  package static func filter2D<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, kernel: ReferenceKernel, delta: Double = 0,
    edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall(
        "filter2D", source, into: type, width: source.width, height: source.height
      ) {
        unsafe viz_cv_filter2d(
          $0, $1, kernel.taps, Int32(kernel.width), Int32(kernel.height), Int32(kernel.anchorX),
          Int32(kernel.anchorY), delta, border)
      }
    }
    return try run(picture, reach: OracleReach(kernel), edge: edge, call)
  }

  /// `cv::sepFilter2D`: correlation with column · row, anchored in the middle.
  package static func sepFilter2D<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, row: [Double], column: [Double],
    delta: Double = 0, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let reach = OracleReach(width: row.count, height: column.count)
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall(
        "sepFilter2D", source, into: type, width: source.width, height: source.height
      ) {
        unsafe viz_cv_sep_filter2d(
          $0, $1, row, Int32(row.count), column, Int32(column.count), Int32(reach.left),
          Int32(reach.top), delta, border)
      }
    }
    return try run(picture, reach: reach, edge: edge, call)
  }

  /// `cv::Sobel`: a derivative of order `dx`, `dy`, smoothed across; not normalised.
  package static func sobel<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, dx: Int, dy: Int, size: Int = 3,
    scale: Double = 1, delta: Double = 0, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let side = max(size, 3)
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall("Sobel", source, into: type, width: source.width, height: source.height)
      {
        unsafe viz_cv_sobel(
          $0, $1, Int32(dx), Int32(dy), Int32(size), scale, delta, border)
      }
    }
    return try run(picture, reach: OracleReach(width: side, height: side), edge: edge, call)
  }

  /// `cv::Scharr`: the first derivative along one axis, smoothed by 3 10 3.
  package static func scharr<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, dx: Int, dy: Int, scale: Double = 1,
    delta: Double = 0, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall(
        "Scharr", source, into: type, width: source.width, height: source.height
      ) {
        unsafe viz_cv_scharr($0, $1, Int32(dx), Int32(dy), scale, delta, border)
      }
    }
    return try run(picture, reach: OracleReach(width: 3, height: 3), edge: edge, call)
  }

  /// `cv::Laplacian`: 0 1 0, 1 −4 1, 0 1 0 with size 1; 2 0 2, 0 −8 0, 2 0 2 with size 3.
  package static func laplacian<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, size: Int = 1, scale: Double = 1,
    delta: Double = 0, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let side = max(size, 3)
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall(
        "Laplacian", source, into: type, width: source.width, height: source.height
      ) {
        unsafe viz_cv_laplacian($0, $1, Int32(size), scale, delta, border)
      }
    }
    return try run(picture, reach: OracleReach(width: side, height: side), edge: edge, call)
  }

  /// `cv::GaussianBlur`, which computes in fixed point: not the correlation with its own kernel.
  ///
  /// Along an axis of one pixel it does not filter at all, except with `pad`.
  package static func gaussianBlur<S>(
    _ picture: OraclePicture<S>, width: Int, height: Int, sigmaX: Double, sigmaY: Double = 0,
    edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<S> {
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<S> in
      try unsafe oracleCall(
        "GaussianBlur", source, into: S.self, width: source.width, height: source.height
      ) {
        unsafe viz_cv_gaussian_blur(
          $0, $1, Int32(width), Int32(height), sigmaX, sigmaY, border)
      }
    }
    return try run(picture, reach: OracleReach(width: width, height: height), edge: edge, call)
  }

  /// `cv::boxFilter`: the sum of a window, or its mean (`cv::blur`) when `normalized`.
  package static func boxFilter<S, T: ReferenceSample>(
    _ picture: OraclePicture<S>, as type: T.Type, width: Int, height: Int,
    normalized: Bool = true, edge: ReferenceEdge
  ) throws(OracleError) -> OraclePicture<T> {
    let reach = OracleReach(width: width, height: height)
    let call = {
      (source: OraclePicture<S>, border: Int32) throws(OracleError) -> OraclePicture<T> in
      try unsafe oracleCall(
        "boxFilter", source, into: type, width: source.width, height: source.height
      ) {
        unsafe viz_cv_box_filter(
          $0, $1, Int32(width), Int32(height), Int32(reach.left), Int32(reach.top),
          normalized ? 1 : 0, border)
      }
    }
    return try run(picture, reach: reach, edge: edge, call)
  }
}
