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
  }

  private struct Packed {
    var direct: PackedWeights?
    var winograd: [Int: WinogradWeights] = [:]
  }

  /// Weights `[groups · outputs, channels, kernelHeight, kernelWidth]`; nil for no bias.
  package init(
    _ weight: Numbers, bias: Numbers?, groups: Int, outputs: Int, channels: Int,
    kernelHeight: Int, kernelWidth: Int
  ) {
    (self.weight, self.bias) = (weight, bias)
    (self.groups, self.outputs, self.channels) = (groups, outputs, channels)
    (self.kernelHeight, self.kernelWidth) = (kernelHeight, kernelWidth)
  }

  var numbers: UnsafePointer<Float> { weight.start }
  var biases: UnsafePointer<Float>? { bias?.start }

  func direct() -> PackedWeights {
    packed.withLock { packed in
      if let direct = packed.direct { return direct }
      let direct = PackedWeights(
        weight: weight.start, bias: bias?.start, groups: groups, outputs: outputs,
        channels: channels, taps: kernelHeight * kernelWidth)
      packed.direct = direct
      return direct
    }
  }

  func winograd(tile: Int) -> WinogradWeights {
    packed.withLock { packed in
      if let weights = packed.winograd[tile] { return weights }
      let weights = WinogradWeights(
        tile: tile, weight: weight.start, bias: bias?.start, outputs: outputs, channels: channels)
      packed.winograd[tile] = weights
      return weights
    }
  }
}
