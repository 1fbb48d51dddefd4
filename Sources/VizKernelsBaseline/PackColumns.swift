// What a run of output pixels reads through one tap, channel by channel, in the order in which
// `multiplyTile` walks it:
//
//     out[c · outStride + i] = source[c · channelStride + (i − leading) · step]   where that is inside
//                              0                                                  elsewhere

/// Packs a run of `leading + count + trailing` pixels, of which the middle lies inside the image.
package func packColumns(
  source: UnsafePointer<Float>, channelStride: Int, channels: Int, step: Int, leading: Int,
  count: Int, trailing: Int, out: UnsafeMutablePointer<Float>, outStride: Int
) {
  var (source, out) = (source, out)
  if step == 1, leading == 0, trailing == 0, count == tileColumns {
    for _ in 0..<channels {
      var i = 0
      while i < tileColumns {
        SingleFloatLanes.load(source + i).store(out + i)
        i += SingleFloatLanes.lanes
      }
      source += channelStride
      out += outStride
    }
    return
  }
  for _ in 0..<channels {
    for i in 0..<leading { out[i] = 0 }
    let inside = out + leading
    if step == 1 {
      copy(source, inside, count)
    } else {
      for i in 0..<count { inside[i] = source[i * step] }
    }
    for i in leading + count..<leading + count + trailing { out[i] = 0 }
    source += channelStride
    out += outStride
  }
}

@inline(__always)
private func copy(
  _ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ count: Int
) {
  if count >= SingleFloatLanes.lanes {
    forVectors(of: SingleFloatLanes.lanes, from: 0, count: count) { i in
      SingleFloatLanes.load(source + i).store(out + i)
    } column: { _ in
    }
    return
  }
  forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { i in
    QuarterFloatLanes.load(source + i).store(out + i)
  } column: { i in
    out[i] = source[i]
  }
}
