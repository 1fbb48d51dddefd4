public import VizImage
public import VizNN

/// What one layer made of one picture.
public struct LayerActivation: Sendable {
  /// The place of the layer in the network, counted from 1.
  public let position: Int
  public let name: String
  /// PyTorch's class.
  public let type: String
  /// The output without the batch: `[C, H, W]` of feature maps, `[F]` of a vector.
  public let value: Tensor
  /// nil where every number depends on all of the input.
  public let receptiveField: ReceptiveField?
  /// What the numbers of each channel are like; a vector is one channel.
  public let channels: [ChannelFacts]
  /// Whether zeros come from a layer that cuts off below zero, as ReLU does, or from pooling of such.
  public let isRectified: Bool

  init(_ layer: SelectedLayer, value: Tensor, field: ReceptiveField?, isRectified: Bool) {
    position = layer.position
    name = layer.name
    type = layer.type
    self.value = Self.withoutBatch(value)
    receptiveField = field
    self.isRectified = isRectified
    channels = Self.facts(of: self.value)
  }

  /// `[C, H, W]`, `[H, W]` as one map, or a vector of all that is neither.
  private static func withoutBatch(_ value: Tensor) -> Tensor {
    let lengths = value.shape.dimensions
    let inner = lengths.count > 1 && lengths[0] == 1 ? Array(lengths.dropFirst()) : lengths
    return switch inner.count {
    case 3: value.reshaped(to: Shape(inner))
    case 2: value.reshaped(to: Shape([1] + inner))
    default: value.reshaped(to: [value.count])
    }
  }

  private static func facts(of value: Tensor) -> [ChannelFacts] {
    let numbers = value.values
    let count = value.shape.rank == 3 ? value.shape[0] : 1
    guard !numbers.isEmpty else { return [] }
    let size = numbers.count / count
    return (0..<count).map { ChannelFacts(numbers[($0 * size)..<(($0 + 1) * size)]) }
  }

  /// What to call the layer: its name, and its kind where the name is no more than a number.
  public var title: String { name.allSatisfy(\.isNumber) ? "\(name) \(type)" : name }

  /// The shape without the batch.
  public var shape: Shape { value.shape }

  /// Whether there are feature maps; else there is a vector, which `value.values` holds.
  public var isMaps: Bool { value.shape.rank == 3 && value.count > 0 }

  /// The feature map of a channel.
  public func plane(_ channel: Int) -> Plane {
    precondition(
      isMaps && 0..<value.shape[0] ~= channel, "channel \(channel) of an output of \(shape)")
    return Plane(
      width: value.shape[2], height: value.shape[1], samples: value.element(channel).values)
  }

  /// All feature maps; none where there is a vector.
  public var planes: [Plane] { isMaps ? (0..<value.shape[0]).map(plane) : [] }

  /// From the least to the greatest finite number; nil where there is none.
  public var range: ClosedRange<Float>? {
    channels.compactMap(\.range).reduce(nil) { whole, part in
      guard let whole else { return part }
      return min(whole.lowerBound, part.lowerBound)...max(whole.upperBound, part.upperBound)
    }
  }

  /// Whether no number is below zero.
  public var isNonNegative: Bool { range.map { $0.lowerBound >= 0 } ?? true }

  /// The channels that found nothing in this picture; nil where zeros do not mean that.
  ///
  /// A channel is dead if all its numbers are zero and the layer cuts off below zero, as ReLU and
  /// ReLU6 do, or passes on what such a layer made (pooling, sums and concatenations of only such,
  /// Dropout and the like).
  public var deadChannels: [Int]? {
    guard isRectified, isMaps else { return nil }
    return channels.indices.filter { channels[$0].isZero }
  }

  public var nanCount: Int { channels.reduce(0) { $0 + $1.nanCount } }
  public var infinityCount: Int { channels.reduce(0) { $0 + $1.infinityCount } }
}

/// What the numbers of a channel are like.
public struct ChannelFacts: Equatable, Sendable {
  /// From the least to the greatest finite number; nil where there is none.
  public let range: ClosedRange<Float>?
  /// Of the finite numbers.
  public let mean: Double
  public let nanCount: Int
  public let infinityCount: Int

  /// Whether every number is zero.
  public var isZero: Bool { range == 0...0 && nanCount == 0 && infinityCount == 0 }

  init(_ numbers: ArraySlice<Float>) {
    var (low, high) = (Float.infinity, -Float.infinity)
    var sum = 0.0
    var (nans, infinities) = (0, 0)
    for number in numbers {
      if number.isFinite {
        low = min(low, number)
        high = max(high, number)
        sum += Double(number)
      } else if number.isNaN {
        nans += 1
      } else {
        infinities += 1
      }
    }
    let finite = numbers.count - nans - infinities
    range = finite > 0 ? low...high : nil
    mean = finite > 0 ? sum / Double(finite) : .nan
    nanCount = nans
    infinityCount = infinities
  }
}
