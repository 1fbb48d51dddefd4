internal import CShims

/// Samples as OpenCV takes them: rows of `width` pixels with `channels` interleaved samples each.
package struct OraclePicture<S: ReferenceSample>: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package let samples: [S]

  package init(width: Int, height: Int, channels: Int = 1, samples: [S]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height)")
    precondition(1...4 ~= channels, "\(channels) channels")
    precondition(
      samples.count == width * height * channels,
      "\(samples.count) samples for \(width)×\(height)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// One channel as the reference takes it.
  package func plane(channel: Int = 0) -> ReferencePlane {
    precondition(0..<channels ~= channel, "channel \(channel) of \(channels)")
    let picked =
      channels == 1
      ? samples : stride(from: channel, to: samples.count, by: channels).map { samples[$0] }
    return ReferencePlane(width: width, height: height, samples: picked)
  }

  /// The part that begins at column `x` and row `y`.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> OraclePicture {
    precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height)
    return OraclePicture(
      width: width, height: height, channels: channels,
      samples: (y..<(y + height)).flatMap { row in
        let start = (row * self.width + x) * channels
        return samples[start..<(start + width * channels)]
      })
  }
}

/// Why OpenCV has no verdict.
package enum OracleError: Error, Equatable, Sendable {
  /// OpenCV does not have this case.
  case unavailable(String)
  /// OpenCV refused, or its result has another size or type than it should.
  case failed(function: String, status: Int)
  case outOfMemory(function: String)
}

extension OracleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let reason): "OpenCV: \(reason)"
    case .failed(let function, let status): "OpenCV refused \(function) (status \(status))"
    case .outOfMemory(let function): "OpenCV ran out of memory in \(function)"
    }
  }
}

extension ReferenceSampleType {
  /// The code that the C functions know this type by.
  package var oracleDepth: Int32 {
    switch self {
    case .uint8: Int32(VIZ_CV_UINT8)
    case .uint16: Int32(VIZ_CV_UINT16)
    case .int16: Int32(VIZ_CV_INT16)
    case .float: Int32(VIZ_CV_FLOAT)
    }
  }
}

/// Calls one C function from picture to picture: views over both arrays, no copies.
///
/// The result has `channels` channels, or as many as the source where nil.
func oracleCall<S: ReferenceSample, T: ReferenceSample>(
  _ function: String, _ source: OraclePicture<S>, into type: T.Type, width: Int, height: Int,
  channels: Int? = nil,
  _ call: (UnsafePointer<viz_cv_matrix>, UnsafePointer<viz_cv_matrix>) -> Int32
) throws(OracleError) -> OraclePicture<T> {
  let channels = channels ?? source.channels
  var result = [T](repeating: T.blank, count: width * height * channels)
  let status = unsafe source.samples.withUnsafeBytes { from in
    unsafe result.withUnsafeMutableBytes { into in
      var input = unsafe viz_cv_matrix(
        samples: UnsafeMutableRawPointer(mutating: from.baseAddress),
        stride: source.width * source.channels * MemoryLayout<S>.stride,
        width: Int32(source.width), height: Int32(source.height),
        channels: Int32(source.channels), depth: S.referenceType.oracleDepth)
      var output = unsafe viz_cv_matrix(
        samples: into.baseAddress, stride: width * channels * MemoryLayout<T>.stride,
        width: Int32(width), height: Int32(height), channels: Int32(channels),
        depth: T.referenceType.oracleDepth)
      return unsafe call(&input, &output)
    }
  }
  try checkOracle(status, function)
  return OraclePicture(width: width, height: height, channels: channels, samples: result)
}

/// Throws unless a C function said that it went well.
func checkOracle(_ status: Int32, _ function: String) throws(OracleError) {
  switch Int(status) {
  case VIZ_CV_OK: return
  case VIZ_CV_MEMORY: throw .outOfMemory(function: function)
  default: throw .failed(function: function, status: Int(status))
  }
}
