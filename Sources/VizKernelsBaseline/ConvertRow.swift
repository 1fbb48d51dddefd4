// Between interleaved pixels and planes, and from colour to gray.

/// Gray as OpenCV's cvtColor defines it for 8 and 16 bit.
///
///     gray[x] = (9798·R + 19235·G + 3735·B + 16384) >> 15
///
/// Float samples take the same weights over 2¹⁵ without rounding. `sample` as in `widenRow`;
/// `step` is the distance between the samples of neighbouring pixels.
package func grayRow(
  sample: Int, red: UnsafeRawPointer, green: UnsafeRawPointer, blue: UnsafeRawPointer, step: Int,
  count: Int, out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: gray(UInt8.self, UInt32.self, red, green, blue, step, count, out)
  case 1: gray(UInt16.self, UInt32.self, red, green, blue, step, count, out)
  case 2: gray(Int16.self, Int32.self, red, green, blue, step, count, out)
  default:
    let red = red.assumingMemoryBound(to: Float.self)
    let green = green.assumingMemoryBound(to: Float.self)
    let blue = blue.assumingMemoryBound(to: Float.self)
    let out = out.assumingMemoryBound(to: Float.self)
    for x in 0..<count {
      let i = x &* step
      out[x] =
        (9798 / 32_768 as Float) * red[i] + (19_235 / 32_768 as Float) * green[i]
        + (3735 / 32_768 as Float) * blue[i]
    }
  }
}

/// `Wide` holds every weighted sum: 2¹⁵ times a sample, of the sample's sign.
@inline(__always)
private func gray<S: FixedWidthInteger, Wide: FixedWidthInteger>(
  _: S.Type, _: Wide.Type, _ red: UnsafeRawPointer, _ green: UnsafeRawPointer,
  _ blue: UnsafeRawPointer, _ step: Int, _ count: Int, _ out: UnsafeMutableRawPointer
) {
  let red = red.assumingMemoryBound(to: S.self)
  let green = green.assumingMemoryBound(to: S.self)
  let blue = blue.assumingMemoryBound(to: S.self)
  let out = out.assumingMemoryBound(to: S.self)
  @inline(__always) func run(_ step: Int) {
    for x in 0..<count {
      let i = x &* step
      let weighted =
        9798 &* Wide(truncatingIfNeeded: red[i]) &+ 19_235 &* Wide(truncatingIfNeeded: green[i])
        &+ 3735 &* Wide(truncatingIfNeeded: blue[i])
      out[x] = S(truncatingIfNeeded: (weighted &+ 16_384) &>> 15)
    }
  }
  switch step {  // a constant step lets the loop be vectorised
  case 1: run(1)
  case 3: run(3)
  default: run(4)
  }
}

/// One channel out of interleaved pixels: `out[x] = pixels[x · channels + channel]`.
package func deinterleaveRow(
  bytesPerSample: Int, pixels: UnsafeRawPointer, channels: Int, channel: Int, count: Int,
  out: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type, _ channels: Int) {
    let pixels = pixels.assumingMemoryBound(to: S.self) + channel
    let out = out.assumingMemoryBound(to: S.self)
    for x in 0..<count { out[x] = pixels[x &* channels] }
  }
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    switch channels {
    case 1: run(S.self, 1)
    case 2: run(S.self, 2)
    case 3: run(S.self, 3)
    default: run(S.self, 4)
    }
  }
  switch bytesPerSample {
  case 1: run(UInt8.self)
  case 2: run(UInt16.self)
  default: run(UInt32.self)
  }
}

/// One channel into interleaved pixels: `pixels[x · channels + channel] = plane[x]`.
package func interleaveRow(
  bytesPerSample: Int, plane: UnsafeRawPointer, channels: Int, channel: Int, count: Int,
  pixels: UnsafeMutableRawPointer
) {
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type, _ channels: Int) {
    let pixels = pixels.assumingMemoryBound(to: S.self) + channel
    let plane = plane.assumingMemoryBound(to: S.self)
    for x in 0..<count { pixels[x &* channels] = plane[x] }
  }
  @inline(__always) func run<S: FixedWidthInteger>(_: S.Type) {
    switch channels {
    case 1: run(S.self, 1)
    case 2: run(S.self, 2)
    case 3: run(S.self, 3)
    default: run(S.self, 4)
    }
  }
  switch bytesPerSample {
  case 1: run(UInt8.self)
  case 2: run(UInt16.self)
  default: run(UInt32.self)
  }
}
