/// The weights of a convolution in the order in which `multiplyTile` reads them.
///
///     packed[group][tile][k][row] = weight[group, first row of the tile + row, k]
///
/// Output channels are cut into tiles of at most twelve rows, all about as high. The order is the same for
/// every instruction set.
package struct PackedWeights: Sendable {
  package let groups: Int
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

  /// Packs `weight` `[groups · outputs, channels, taps]`; nil for no bias.
  package init(
    weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?, groups: Int, outputs: Int,
    channels: Int, taps: Int
  ) {
    (self.groups, self.outputs, self.channels, self.taps) = (groups, outputs, channels, taps)
    let count = (outputs + 11) / 12
    let tiles = (0...count).map { $0 * outputs / max(count, 1) }
    self.tiles = tiles
    let depth = channels * taps
    numbers = SampleBuffer(byteCount: max(groups * outputs * depth, 1) * 4)
    let packed = numbers.bytes.assumingMemoryBound(to: Float.self)
    for g in 0..<groups {
      for t in 0..<count {
        let rows = tiles[t + 1] - tiles[t]
        let first = (g * outputs + tiles[t]) * depth
        for r in 0..<rows {
          let row = weight + first + r * depth
          for k in 0..<depth { packed[first + k * rows + r] = row[k] }
        }
      }
    }
    self.bias = SampleBuffer(byteCount: max(groups * outputs, 1) * 4)
    let biases = self.bias.bytes.assumingMemoryBound(to: Float.self)
    for o in 0..<groups * outputs { biases[o] = bias?[o] ?? 0 }
  }

  var depth: Int { channels * taps }

  /// Where a tile begins.
  func tile(_ t: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      numbers.bytes.assumingMemoryBound(to: Float.self)
        + (group * outputs + tiles[t]) * depth)
  }

  func bias(_ row: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(bias.bytes.assumingMemoryBound(to: Float.self) + group * outputs + row)
  }
}
