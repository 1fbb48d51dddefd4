internal import VizKernels

/// What makes a stored picture upright; the raw values are EXIF's (tag 0x0112).
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  case rotatedClockwise = 6
  case transverse = 7
  case rotatedCounterclockwise = 8

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }
}

/// Three components that lie side by side without padding.
private struct Triple<Component: BitwiseCopyable>: BitwiseCopyable {
  let first, second, third: Component
}

extension Image {
  /// The picture turned upright; no sample changes.
  public func oriented(by orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let pixelBytes = layout.channels * sampleType.byteCount
    let walk = SourceWalk(orientation, width: width, height: height)
    let target = SampleBuffer(byteCount: width * height * pixelBytes)
    switch pixelBytes {
    case 1: walk.copy(UInt8.self, from: storage, to: target)
    case 2: walk.copy(UInt16.self, from: storage, to: target)
    case 3: walk.copy(Triple<UInt8>.self, from: storage, to: target)
    case 4: walk.copy(UInt32.self, from: storage, to: target)
    case 6: walk.copy(Triple<UInt16>.self, from: storage, to: target)
    case 8: walk.copy(UInt64.self, from: storage, to: target)
    case 12: walk.copy(Triple<UInt32>.self, from: storage, to: target)
    default: walk.copy(SIMD2<UInt64>.self, from: storage, to: target)
    }
    return Image(
      width: walk.width, height: walk.height, layout: layout, sampleType: sampleType,
      storage: target, metadata: metadata)
  }
}

/// Which source pixel each pixel of the upright picture takes.
///
///     target(x, y) = source[start + x · stepX + y · stepY]
private struct SourceWalk {
  let width: Int
  let height: Int
  let start: Int
  let stepX: Int
  let stepY: Int

  init(_ orientation: Orientation, width w: Int, height h: Int) {
    (start, stepX, stepY) =
      switch orientation {
      case .upright: (0, 1, w)
      case .mirrored: (w - 1, -1, w)
      case .rotated180: (w * h - 1, -1, -w)
      case .flipped: ((h - 1) * w, 1, -w)
      case .transposed: (0, w, 1)
      case .rotatedClockwise: ((h - 1) * w, -w, 1)
      case .transverse: (w * h - 1, -w, -1)
      case .rotatedCounterclockwise: (w - 1, w, -1)
      }
    width = orientation.swapsSides ? h : w
    height = orientation.swapsSides ? w : h
  }

  /// Copies block by block, so that both pictures stay in the cache where sides are swapped.
  func copy<Pixel: BitwiseCopyable>(
    _ type: Pixel.Type, from source: SampleBuffer, to target: SampleBuffer
  ) {
    let block = 64
    let input = unsafe source.bytes.bindMemory(to: Pixel.self, capacity: width * height)
    let output = unsafe target.bytes.bindMemory(to: Pixel.self, capacity: width * height)
    for top in stride(from: 0, to: height, by: block) {
      for left in stride(from: 0, to: width, by: block) {
        for y in top..<min(top + block, height) {
          var from = start + left * stepX + y * stepY
          for x in left..<min(left + block, width) {
            unsafe output[y * width + x] = unsafe input[from]
            from += stepX
          }
        }
      }
    }
  }
}
