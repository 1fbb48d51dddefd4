/// The weights of a convolution in the order in which `multiplyTiles` reads them.
///
///     packed[group][tile][k][row] = weight[group, first row of the tile + row, k]
///
/// Output channels are cut into tiles of at most twelve rows, all about as high. The order is the same for
/// every instruction set.
struct PackedWeights: Sendable {
  let groups: Int
  /// Input channels of a group.
  let channels: Int
  /// Taps of the kernel for each input channel.
  let taps: Int
  /// Output channels of each group.
  let outputs: Int
  /// The first row of each tile, and the end.
  let tiles: [Int]
  private let numbers: SampleBuffer
  let bias: SampleBuffer

  /// Weights that `fill` sets one by one.
  init(
    groups: Int, outputs: Int, channels: Int, taps: Int, bias: UnsafePointer<Float>? = nil,
    _ fill: (Places) -> Void
  ) {
    (self.groups, self.outputs, self.channels, self.taps) = (groups, outputs, channels, taps)
    let count = (outputs + 11) / 12
    tiles = (0...count).map { $0 * outputs / max(count, 1) }
    // A tile's last rows may be read as a whole vector.
    numbers = SampleBuffer(byteCount: (groups * outputs * channels * taps + 16) * 4)
    numbers.bytes.assumingMemoryBound(to: Float.self).advanced(
      by: groups * outputs * channels * taps
    ).initialize(repeating: 0, count: 16)
    self.bias = Self.biases(bias, count: groups * outputs)
    fill(Places(weights: self))
  }

  /// A copy of the biases, 0 where there are none.
  private static func biases(_ bias: UnsafePointer<Float>?, count: Int) -> SampleBuffer {
    let buffer = SampleBuffer(byteCount: max(count, 1) * 4)
    let biases = buffer.bytes.assumingMemoryBound(to: Float.self)
    for o in 0..<count { biases[o] = bias?[o] ?? 0 }
    return buffer
  }

  /// Where each weight goes.
  struct Places: WeightPlaces, @unchecked Sendable {
    private let numbers: UnsafeMutablePointer<Float>
    private let groupSize: Int
    /// By output channel: where its first weight is in the group, and how far it is to the next.
    private let rows: [(first: Int, stride: Int)]

    fileprivate init(weights: PackedWeights) {
      numbers = weights.numbers.bytes.assumingMemoryBound(to: Float.self)
      groupSize = weights.outputs * weights.depth
      rows = zip(weights.tiles, weights.tiles.dropFirst()).flatMap { first, end in
        (first..<end).map { (first * weights.depth + $0 - first, end - first) }
      }
    }

    @inline(__always)
    func set(_ value: Float, group: Int, row: Int, depth: Int) {
      let place = rows[row]
      numbers[group * groupSize + place.first + depth * place.stride] = value
    }
  }

  var depth: Int { channels * taps }

  /// A tile's weights of some input channels.
  func part(_ t: Int, _ channels: Range<Int>, group: Int) -> WeightPart {
    let height = tiles[t + 1] - tiles[t]
    return WeightPart(
      start: tile(t, group: group) + channels.lowerBound * taps * height, height: height,
      depth: channels.count * taps)
  }

  /// Where a tile begins.
  private func tile(_ t: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      numbers.bytes.assumingMemoryBound(to: Float.self)
        + (group * outputs + tiles[t]) * depth)
  }

  func bias(_ row: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(bias.bytes.assumingMemoryBound(to: Float.self) + group * outputs + row)
  }
}

/// Weights that are multiplied with several panels, one after the other.
struct WeightPart {
  let start: UnsafePointer<Float>
  let height: Int
  let depth: Int

  /// What the i-th of so many products, which come before, should fetch of it.
  func fetch(_ i: Int, of products: Int) -> LineFetch {
    let step = (height + products - 1) / products
    return LineFetch(start: start + min(i * step * depth, height * depth), step: 2 * step)
  }
}
