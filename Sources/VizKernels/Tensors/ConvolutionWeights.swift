internal import Synchronization

/// The weights of a convolution as they are stored, and packed for the ways to compute it: each when it is
/// asked for the first time.
package final class ConvolutionWeights: Sendable {
  package let groups: Int
  /// Input channels of a group.
  package let channels: Int
  /// Output channels of a group.
  package let outputs: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  private let weight: Numbers
  /// What the weights of each output are multiplied with; nil for 1.
  private let scale: [Float]?
  private let bias: Numbers?
  private let packed = Mutex(Packed())

  /// Numbers in somebody's memory.
  package struct Numbers: @unchecked Sendable {
    fileprivate let start: UnsafePointer<Float>
    private let owner: SampleBuffer

    package init(_ start: UnsafePointer<Float>, in owner: SampleBuffer) {
      self.start = start
      self.owner = owner
    }

    package init(_ values: [Float]) {
      owner = SampleBuffer(values)
      start = UnsafePointer(owner.bytes.assumingMemoryBound(to: Float.self))
    }

    /// They are packed, and read again only for another way.
    fileprivate func rest() { owner.rest() }
  }

  private struct Packed {
    var tiles: PackedWeights?
    var pixels: PixelWeights?
    var scaled: Numbers?
    var winograd: [Int: WinogradWeights] = [:]
  }

  /// Weights `[groups · outputs, channels, kernelHeight, kernelWidth]`, times a number for each output; nil for
  /// factors of 1 and for no bias.
  package init(
    _ weight: Numbers, scale: [Float]? = nil, bias: Numbers?, groups: Int, outputs: Int,
    channels: Int, kernelHeight: Int, kernelWidth: Int
  ) {
    (self.weight, self.scale, self.bias) = (weight, scale, bias)
    (self.groups, self.outputs, self.channels) = (groups, outputs, channels)
    (self.kernelHeight, self.kernelWidth) = (kernelHeight, kernelWidth)
  }

  var biases: UnsafePointer<Float>? { bias?.start }

  /// Taps of the kernel for each input channel.
  var taps: Int { kernelHeight * kernelWidth }

  /// Weights of an output channel.
  var depth: Int { channels * taps }

  /// The weights in their order, for as long as this object lives.
  func unpacked() -> UnsafePointer<Float> {
    guard let scale else { return weight.start }
    return packed.withLock { packed in
      if let scaled = packed.scaled { return scaled.start }
      let size = depth
      let scaled = Numbers(
        (0..<groups * outputs * size).map { weight.start[$0] * scale[$0 / size] })
      packed.scaled = scaled
      weight.rest()
      return scaled.start
    }
  }

  func tiles(jobs: Int) -> PackedWeights {
    packed.withLock { packed in
      if let tiles = packed.tiles { return tiles }
      let tiles = PackedWeights(
        groups: groups, outputs: outputs, channels: channels, taps: taps, bias: bias?.start
      ) {
        pack(into: $0, jobs: jobs)
      }
      packed.tiles = tiles
      weight.rest()
      return tiles
    }
  }

  func pixels(jobs: Int) -> PixelWeights {
    packed.withLock { packed in
      if let pixels = packed.pixels { return pixels }
      let pixels = PixelWeights(
        groups: groups, outputs: outputs, depth: depth, bias: bias?.start
      ) {
        pack(into: $0, jobs: jobs)
      }
      packed.pixels = pixels
      weight.rest()
      return pixels
    }
  }

  func winograd(tile: Int, jobs: Int) -> WinogradWeights {
    packed.withLock { packed in
      if let weights = packed.winograd[tile] { return weights }
      let weights = WinogradWeights(
        tile: tile, weight: weight.start, scale: scale, bias: bias?.start, outputs: outputs,
        channels: channels, jobs: jobs)
      packed.winograd[tile] = weights
      weight.rest()
      return weights
    }
  }

  /// Weights that a thread packs at a time.
  private static let perTask = 1 << 14

  /// Puts all weights where they go.
  private func pack(into places: some WeightPlaces, jobs: Int) {
    let rows = max(1, Self.perTask / max(depth, 1))
    ThreadPool.runPieces(of: groups * outputs, size: rows, jobs: jobs) { piece in
      for i in piece {
        let (g, o) = i.quotientAndRemainder(dividingBy: outputs)
        let row = weight.start + i * depth
        let factor = scale?[i] ?? 1
        for k in 0..<depth { places.set(row[k] * factor, group: g, row: o, depth: k) }
      }
    }
  }
}

/// The order of packed weights.
protocol WeightPlaces: Sendable {
  func set(_ value: Float, group: Int, row: Int, depth: Int)
}
