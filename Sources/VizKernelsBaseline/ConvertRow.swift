// Between interleaved pixels and planes, and from colour to gray.

/// Gray as OpenCV's cvtColor defines it for 8 and 16 bit.
///
///     gray[x] = (9798·R + 19235·G + 3735·B + 16384) >> 15
///
/// Float samples take the same weights over 2¹⁵ without rounding. `sample` as in `widenRow`;
/// `step` is the distance between the samples of neighbouring pixels: 1 for planes, 3 or 4 for
/// pixels whose red, green and blue lie side by side.
package func grayRow(
  sample: Int, red: UnsafeRawPointer, green: UnsafeRawPointer, blue: UnsafeRawPointer, step: Int,
  count: Int, out: UnsafeMutableRawPointer
) {
  switch sample {
  case 0: gray(UInt8.self, red, green, blue, step, count, out, narrowGray)
  case 1:
    gray(UInt16.self, red, green, blue, step, count, out) { wideGray($0, $1, $2, UInt32.self) }
  case 2: gray(Int16.self, red, green, blue, step, count, out) { wideGray($0, $1, $2, Int32.self) }
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

/// The same in 16-bit arithmetic.
///
/// 9798 = 256·38 + 70, 19235 = 256·75 + 35, 3735 = 256·14 + 151, and
/// ⌊(256·high + low + 16384) / 2¹⁵⌋ = ⌊(high + 64 + ⌊low / 256⌋) / 2⁷⌋. Neither sum leaves 16 bits.
@inline(__always)
private func narrowGray(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
  let (r, g, b) = (UInt16(red), UInt16(green), UInt16(blue))
  let high = 38 &* r &+ 75 &* g &+ 14 &* b
  let low = 70 &* r &+ 35 &* g &+ 151 &* b
  return UInt8(truncatingIfNeeded: (high &+ 64 &+ low &>> 8) &>> 7)
}

/// `Wide` holds every weighted sum: 2¹⁵ times a sample, of the sample's sign.
@inline(__always)
private func wideGray<S: FixedWidthInteger, Wide: FixedWidthInteger>(
  _ red: S, _ green: S, _ blue: S, _: Wide.Type
) -> S {
  let weighted =
    9798 &* Wide(truncatingIfNeeded: red) &+ 19_235 &* Wide(truncatingIfNeeded: green)
    &+ 3735 &* Wide(truncatingIfNeeded: blue)
  return S(truncatingIfNeeded: (weighted &+ 16_384) &>> 15)
}

@inline(__always)
private func gray<S: FixedWidthInteger>(
  _: S.Type, _ red: UnsafeRawPointer, _ green: UnsafeRawPointer, _ blue: UnsafeRawPointer,
  _ step: Int, _ count: Int, _ out: UnsafeMutableRawPointer, _ weigh: (S, S, S) -> S
) {
  let red = red.assumingMemoryBound(to: S.self)
  let green = green.assumingMemoryBound(to: S.self)
  let blue = blue.assumingMemoryBound(to: S.self)
  let out = out.assumingMemoryBound(to: S.self)
  // A constant step from one pointer is seen to be whole pixels, which are loaded as vectors.
  @inline(__always) func run(_ step: Int) {
    for x in 0..<count {
      let pixel = red + x &* step
      out[x] = weigh(pixel[0], pixel[1], pixel[2])
    }
  }
  switch step {
  case 1: for x in 0..<count { out[x] = weigh(red[x], green[x], blue[x]) }
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
