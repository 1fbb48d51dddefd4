/// 16-bit samples of a tile, put in order, so that bytes can stand for them.
///
/// Samples in order are laid on up to 256 shelves, about as many on each, and equal ones on the same.
/// Shelves have numbers of one byte, and the shelf of a window's median is the median of its shelves.
/// With the count of samples of the window that lie on lower shelves,
///
///     median = the (middle − below)-th sample of its shelf, from 0, that lies in the window
///
/// What that takes does not grow with the window. Many equal samples can only be the last of their
/// shelf, where they need no counting: what is not before them is one of them.
struct RankedTile {
  /// Samples of a row, and from one row to the next.
  private let columns: Int
  private let stride: Int
  /// −32,768 … 32,767 become 0 … 65,535 and back by one bit.
  private let flip: UInt16
  /// Value, row and column of each sample (16 bits each), in order, and the memory to sort them.
  private let ordered: SampleBuffer
  private let spare: SampleBuffer
  /// Of each shelf, the place of its first sample, and of the first of the samples that equal its last.
  private let shelves: SampleBuffer
  let bytes: SampleBuffer
  /// How many samples of a window lie on the shelves below the median's.
  let below: SampleBuffer

  init(columns: Int, rows: Int, stride: Int, outputs: Int, isSigned: Bool) {
    self.columns = columns
    self.stride = stride
    flip = isSigned ? 0x8000 : 0
    ordered = SampleBuffer(byteCount: columns * rows * 8)
    spare = SampleBuffer(byteCount: columns * rows * 8)
    shelves = SampleBuffer(byteCount: 2 * 256 * 8)
    bytes = SampleBuffer(byteCount: rows * stride)
    below = SampleBuffer(byteCount: outputs * 2)
  }

  /// Puts the samples of some rows in order and fills `bytes`.
  func rank(_ samples: UnsafePointer<UInt16>, rows: Int) {
    sort(samples, rows)
    let count = rows * columns
    let ordered = ordered.bytes.assumingMemoryBound(to: UInt64.self)
    let bytes = bytes.bytes.assumingMemoryBound(to: UInt8.self)
    let firsts = shelves.bytes.assumingMemoryBound(to: Int.self)
    let shift = max(0, Int.bitWidth - (count - 1).leadingZeroBitCount - 8)
    var (shelf, value) = (-1, UInt64.max)
    for i in 0..<count {
      let sample = ordered[i]
      if sample >> 32 != value {
        value = sample >> 32
        if i >> shift != shelf {
          shelf = i >> shift
          firsts[shelf] = i
        }
        firsts[256 + shelf] = i
      }
      bytes[Self.row(sample) &* stride &+ Self.column(sample)] = UInt8(truncatingIfNeeded: shelf)
    }
  }

  /// Sorts by the low bytes, then by the high bytes, which keeps the order of what has the same.
  private func sort(_ samples: UnsafePointer<UInt16>, _ rows: Int) {
    let ordered = ordered.bytes.assumingMemoryBound(to: UInt64.self)
    let spare = spare.bytes.assumingMemoryBound(to: UInt64.self)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { places in
      guard let low = places.baseAddress else { return }
      let high = low + 256
      places.initialize(repeating: 0)
      for y in 0..<rows {
        for x in 0..<columns {
          let value = Int(samples[y &* stride &+ x] ^ flip)
          low[value & 255] &+= 1
          high[value >> 8] &+= 1
        }
      }
      var (lower, higher) = (0, 0)
      for i in 0..<256 {
        (low[i], lower) = (lower, lower &+ low[i])
        (high[i], higher) = (higher, higher &+ high[i])
      }
      for y in 0..<rows {
        for x in 0..<columns {
          let value = UInt64(samples[y &* stride &+ x] ^ flip)
          let key = Int(value & 255)
          spare[low[key]] = value << 32 | UInt64(truncatingIfNeeded: y << 16 | x)
          low[key] &+= 1
        }
      }
      for i in 0..<(rows * columns) {
        let key = Int(spare[i] >> 40)
        ordered[high[key]] = spare[i]
        high[key] &+= 1
      }
    }
  }

  /// The medians of the windows that begin at some columns of row `y` of the tile, from the numbers of
  /// their shelves (UInt8) and the counts on lower shelves (UInt16).
  func finish(
    row y: Int, columns: Range<Int>, shelves: UnsafeRawPointer, below: UnsafeRawPointer,
    windowWidth: Int, windowHeight: Int, into out: UnsafeMutablePointer<UInt16>
  ) {
    let shelf = shelves.assumingMemoryBound(to: UInt8.self)
    let below = below.assumingMemoryBound(to: UInt16.self)
    let ordered = ordered.bytes.assumingMemoryBound(to: UInt64.self)
    let firsts = self.shelves.bytes.assumingMemoryBound(to: Int.self)
    let middle = windowWidth * windowHeight / 2
    for x in columns {
      var place = firsts[Int(shelf[x])]
      let last = firsts[256 + Int(shelf[x])]
      var left = middle &- Int(below[x])
      while place < last {
        let sample = ordered[place]
        let isInside =
          UInt(bitPattern: Self.column(sample) &- x) < UInt(bitPattern: windowWidth)
          && UInt(bitPattern: Self.row(sample) &- y) < UInt(bitPattern: windowHeight)
        left &-= isInside ? 1 : 0
        if left < 0 { break }
        place &+= 1
      }
      out[x - columns.lowerBound] = UInt16(truncatingIfNeeded: ordered[place] >> 32) ^ flip
    }
  }

  @inline(__always)
  private static func row(_ sample: UInt64) -> Int {
    Int(truncatingIfNeeded: sample >> 16 & 0xFFFF)
  }

  @inline(__always)
  private static func column(_ sample: UInt64) -> Int {
    Int(truncatingIfNeeded: sample & 0xFFFF)
  }
}
