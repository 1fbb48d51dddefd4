internal import CShims

/// The bytes in a gzip file of at most `limit`; nil where it is damaged or holds more.
func expandedGzip(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
  var isWhole = false
  let expanded = unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, count in
    let produced = unsafe viz_gzip_decompress(bytes, bytes.count, target.baseAddress, limit)
    isWhole = 0...limit ~= produced  // the largest size_t, which says no, is −1 here
    count = isWhole ? produced : 0
  }
  return isWhole ? expanded : nil
}
