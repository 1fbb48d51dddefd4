// What a run of output pixels reads through one tap, channel by channel, in the order in which
// `multiplyTiles` walks it:
//
//     out[c · outStride + i] = source[c · channelStride + (i − leading) · step]   where that is inside
//                              0                                                  elsewhere

internal import CHints

/// Packs a run of `leading + count + trailing` pixels, of which the middle lies inside the image.
package func packColumns(
  source: UnsafePointer<Float>, channelStride: Int, channels: Int, step: Int, leading: Int,
  count: Int, trailing: Int, out: UnsafeMutablePointer<Float>, outStride: Int
) {
  let inside = ColumnRun(
    source: source, sourceStride: channelStride, out: out + leading, outStride: outStride,
    rows: channels)
  inside.clear(-leading, leading)
  inside.clear(count, trailing)
  switch step {
  case 1: inside.copy(count)
  case 2: inside.copyEven(count)
  case 4: inside.copyFourths(count)
  default: inside.copyEvery(step, count)
  }
}

/// Numbers side by side in many rows.
///
/// Runs are short and rows many: a vector's column of all rows is copied before the next one, so that how the
/// run is cut is found out once.
private struct ColumnRun {
  let source: UnsafePointer<Float>
  let sourceStride: Int
  let out: UnsafeMutablePointer<Float>
  let outStride: Int
  let rows: Int

  @inline(__always)
  private func forRows(
    _ first: UnsafePointer<Float>? = nil,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    var (source, out) = (first ?? source, out)
    for _ in 0..<rows {
      body(source, out)
      source += sourceStride
      out += outStride
    }
  }

  /// Writes zeros from `x` on.
  func clear(_ x: Int, _ count: Int) {
    if count >= SingleFloatLanes.lanes {
      forVectors(of: SingleFloatLanes.lanes, from: 0, count: count) { i in
        forRows { _, out in SingleFloatLanes.zero.store(out + x + i) }
      } column: { _ in
      }
      return
    }
    for i in 0..<count { forRows { _, out in out[x + i] = 0 } }
  }

  func copy(_ count: Int) {
    if count > 4 * SingleFloatLanes.lanes {
      forRows { source, out in copyRow(source, out, count) }
    } else if count >= SingleFloatLanes.lanes {
      forVectors(of: SingleFloatLanes.lanes, from: 0, count: count) { i in
        forRows { source, out in SingleFloatLanes.load(source + i).store(out + i) }
      } column: { _ in
      }
    } else {
      forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { i in
        forRows { source, out in QuarterFloatLanes.load(source + i).store(out + i) }
      } column: { i in
        forRows { source, out in out[i] = source[i] }
      }
    }
  }

  /// Copies every second number.
  func copyEven(_ count: Int) {
    if count > SingleFloatLanes.lanes {
      forVectors(of: SingleFloatLanes.lanes, from: 0, count: count) { i in
        if i + SingleFloatLanes.lanes < count {
          forRows { source, out in SingleFloatLanes.even(source + 2 * i).store(out + i) }
        } else {
          forRows { source, out in SingleFloatLanes.odd(source + 2 * i - 1).store(out + i) }
        }
      } column: { _ in
      }
    } else if count > QuarterFloatLanes.lanes {
      forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { i in
        if i + QuarterFloatLanes.lanes < count {
          forRows { source, out in QuarterFloatLanes.even(source + 2 * i).store(out + i) }
        } else {
          forRows { source, out in QuarterFloatLanes.odd(source + 2 * i - 1).store(out + i) }
        }
      } column: { _ in
      }
    } else {
      copyEvery(2, count)
    }
  }

  /// Copies every fourth number.
  func copyFourths(_ count: Int) {
    if count > QuarterFloatLanes.lanes {
      forVectors(of: QuarterFloatLanes.lanes, from: 0, count: count) { i in
        let first = source + 4 * i
        if i + QuarterFloatLanes.lanes < count {
          forRows(first) { source, out in QuarterFloatLanes.fourths(source).store(out + i) }
        } else {
          forRows(first - 3) { source, out in QuarterFloatLanes.lastFourths(source).store(out + i) }
        }
      } column: { _ in
      }
    } else {
      copyEvery(4, count)
    }
  }

  func copyEvery(_ step: Int, _ count: Int) {
    for i in 0..<count { forRows { source, out in out[i] = source[i * step] } }
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
    var (panel, x) = first.quotientAndRemainder(dividingBy: tileColumns)
    var i = 0
    if x > 0 {
      i = min(tileColumns - x, count)
      copyRow(source, out + panel * panelStride + x, i)
      panel += 1
    }
    var target = out + panel * panelStride
    while i + tileColumns <= count {
      chints_prefetch(source + i + 2 * channelStride)
      TwoVectors.load(source + i).store(target)
      target += panelStride
      i += tileColumns
    }
    if i < count { copyRow(source + i, target, count - i) }
  }
}

@inline(__always)
func copyRow(
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
