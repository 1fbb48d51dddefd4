public import VizImage
public import VizInput
public import VizNN

/// Makes batches of pictures.
public struct Loader: Sendable {
  /// Changes a picture before it becomes an input; all that is random in it comes from the generator.
  public typealias Augmentation =
    @Sendable (Image, inout SeededGenerator) throws(DatasetError) -> Image

  public let data: DataSet
  public let input: InputDescription
  public let augmentation: Augmentation?
  /// For each channel, what every byte becomes.
  private let levels: [[Float]]

  /// `input` says how pictures become inputs; nil for the data's own way.
  public init(
    _ data: DataSet, input: InputDescription? = nil, augmentation: Augmentation? = nil
  ) {
    self.data = data
    self.input = input ?? data.input
    self.augmentation = augmentation
    levels = (0..<self.input.channels).map { [input = self.input] c in
      (0...255).map { level in
        let range = input.range
        let value = Float(
          Double(level) / 255 * (range.upperBound - range.lowerBound) + range.lowerBound)
        return (value - Float(input.mean[c])) / Float(input.standardDeviation[c])
      }
    }
  }

  /// The order in which an epoch goes through pictures.
  public static func order(_ indices: [Int], seed: UInt64, epoch: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, Stream.order, UInt64(epoch))
    return indices.shuffled(using: &generator)
  }

  /// Some pictures as a tensor `[N, C, H, W]`, with their labels.
  ///
  /// What is random about a picture follows from the seed, the epoch and its number, and not from the batch.
  public func batch(
    _ indices: [Int], seed: UInt64 = 0, epoch: Int = 0
  ) throws(DatasetError) -> (inputs: Tensor, labels: [Int]) {
    let labels = indices.map { data.labels[$0] }
    if augmentation == nil, let inputs = bytes(indices) { return (inputs, labels) }
    var tensors: [Tensor] = []
    for i in indices {
      var image = try data.image(at: i)
      if let augmentation {
        var generator = SeededGenerator(
          seed: seed, Stream.augmentation, UInt64(epoch), UInt64(i))
        image = try augmentation(image, &generator)
      }
      do throws(InputError) {
        tensors.append(try input.prepared(image, inversion: .no).tensor)
      } catch {
        throw .input(file: data.name(of: i), error)
      }
    }
    return (Tensor.stacked(tensors), labels)
  }

  /// The same numbers without the way over pictures, where they lie in memory as they are.
  private func bytes(_ indices: [Int]) -> Tensor? {
    guard case .bytes(let bytes, let offset, let stride) = data.pictures,
      (input.channels, input.height, input.width)
        == (data.input.channels, data.input.height, data.input.width)
    else { return nil }
    let plane = input.height * input.width
    let values = unsafe [Float](
      unsafeUninitializedCapacity: indices.count * input.channels * plane
    ) { values, count in
      count = 0
      for i in indices {
        for c in 0..<input.channels {
          let (table, first) = (levels[c], offset + i * stride + c * plane)
          for p in first..<first + plane {
            unsafe values[count] = table[Int(bytes[p])]
            count += 1
          }
        }
      }
    }
    return Tensor(
      shape: [indices.count, input.channels, input.height, input.width], values: values)
  }
}
