internal import Synchronization

/// The weights of a convolution in the order in which `multiplyTiles` reads them.
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
  private let laidOut = Panels()

  /// Packs `weight` `[groups · outputs, channels, taps]`, times a number for each output; nil for no bias and for
  /// factors of 1.
  package init(
    weight: UnsafePointer<Float>, scale: [Float]? = nil, bias: UnsafePointer<Float>?, groups: Int,
    outputs: Int, channels: Int, taps: Int
  ) {
    let depth = channels * taps
    self.init(groups: groups, outputs: outputs, channels: channels, taps: taps, bias: bias) {
      numbers in
      for g in 0..<groups {
        for o in 0..<outputs {
          let row = weight + (g * outputs + o) * depth
          let factor = scale?[g * outputs + o] ?? 1
          for k in 0..<depth { numbers.set(row[k] * factor, group: g, row: o, depth: k) }
        }
      }
    }
  }

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
    self.bias = SampleBuffer(byteCount: max(groups * outputs, 1) * 4)
    let biases = self.bias.bytes.assumingMemoryBound(to: Float.self)
    for o in 0..<groups * outputs { biases[o] = bias?[o] ?? 0 }
    fill(Places(weights: self))
  }

  /// Where each weight goes.
  struct Places {
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

extension PackedWeights {
  /// Output channels of a panel, side by side for every k.
  static let panelOutputs = 16

  private final class Panels: Sendable {
    let numbers = Mutex<SampleBuffer?>(nil)
  }

  /// The weights in the order in which `multiplyPixels` reads them, made when they are asked for the first time.
  ///
  ///     panels[group][panel][k][o] = weight[group, panel · 16 + o, k], and 0 behind the last output
  func panels() -> SampleBuffer {
    laidOut.numbers.withLock { known in
      if let known { return known }
      let size = groups * panelCount * depth * Self.panelOutputs
      let buffer = SampleBuffer(byteCount: size * 4)
      let out = buffer.bytes.assumingMemoryBound(to: Float.self)
      if outputs % Self.panelOutputs != 0 { out.update(repeating: 0, count: size) }
      for g in 0..<groups {
        for t in 0..<tiles.count - 1 {
          let part = part(t, 0..<channels, group: g)
          for row in 0..<part.height {
            let (panel, o) = (tiles[t] + row).quotientAndRemainder(
              dividingBy: Self.panelOutputs)
            let target = out + panelStart(panel, group: g) + o
            let source = part.start + row
            for k in 0..<depth { target[k * Self.panelOutputs] = source[k * part.height] }
          }
        }
      }
      known = buffer
      return buffer
    }
  }

  private var panelCount: Int { (outputs + Self.panelOutputs - 1) / Self.panelOutputs }

  /// Where a panel begins in `panels()`.
  func panelStart(_ panel: Int, group: Int) -> Int {
    (group * panelCount + panel) * depth * Self.panelOutputs
  }
}

/// Weights that are multiplied with several panels, one after the other.
struct WeightPart {
  let start: UnsafePointer<Float>
  let height: Int
  let depth: Int

  /// How far apart lines are that so many products, which come before, should fetch of it with every step.
  func step(of products: Int) -> Int { (height + products - 1) / products }

  /// The first number that one of those products should fetch.
  func share(_ i: Int, step: Int) -> UnsafePointer<Float> {
    start + min(i * step * depth, height * depth)
  }
}
