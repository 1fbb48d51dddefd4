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
      var i = 0
      // Not to the end: a pair of vectors reads one number behind the last.
      while step == 2, i + SingleFloatLanes.lanes < count {
        copyEven(source + 2 * i, inside + i)
        i += SingleFloatLanes.lanes
      }
      while i < count {
        inside[i] = source[i * step]
        i += 1
      }
    }
    for i in leading + count..<leading + count + trailing { out[i] = 0 }
    source += channelStride
    out += outStride
  }
}

/// Packs a run of neighbouring pixels, for a kernel of one tap, into all panels that it reaches.
///
///     out[p · panelStride + c · tileColumns + x] = source[c · channelStride + i],   p · tileColumns + x = first + i
package func packPanels(
  source: UnsafePointer<Float>, channelStride: Int, channels: Int, first: Int, count: Int,
  out: UnsafeMutablePointer<Float>, panelStride: Int
) {
  for c in 0..<channels {
    let (source, out) = (source + c * channelStride, out + c * tileColumns)
    var i = 0
    while i < count {
      let (panel, x) = (first + i).quotientAndRemainder(dividingBy: tileColumns)
      let run = min(tileColumns - x, count - i)
      copy(source + i, out + panel * panelStride + x, run)
      i += run
    }
  }
}

/// Every second number, as many as a vector has.
@inline(never)
private func copyEven(_ source: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
  let pair = SingleFloatLanes.Pair(
    lowHalf: SingleFloatLanes.load(source).vector,
    highHalf: SingleFloatLanes.load(source + SingleFloatLanes.lanes).vector)
  SingleFloatLanes(pair.evenHalf).store(out)
}

@inline(__always)
func copy(
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
