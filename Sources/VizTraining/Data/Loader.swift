public import VizImage
public import VizInput
public import VizNN

/// Makes batches of pictures.
public struct Loader: Sendable {
  public let data: DataSet
  public let input: InputDescription
  public let augmentation: Augmentation?
  /// For each channel, what every byte becomes.
  private let levels: [[Float]]
  /// Whether what is augmented has the scale that the network sees; moved pictures have their own.
  private let isScaled: Bool

  /// `input` says how pictures become inputs.
  public init(_ data: DataSet, input: InputDescription) {
    self.init(data, input: input, nil, own: nil)
  }

  /// Pictures are augmented first; without `input`, what comes of that says how they become inputs.
  ///
  /// - Throws: where pictures would have several sizes, and no `input` says which one is wanted.
  public init(
    _ data: DataSet, input: InputDescription? = nil, augmentation: Augmentation? = nil
  ) throws(DatasetError) {
    if input == nil { _ = try data.commonSize(after: augmentation) }
    // What is moved, and keeps several sizes, has no input of its own.
    let isOne = (try? data.commonSize(after: augmentation)) != nil
    let own = try (isOne ? augmentation : nil).map { (augmentation) throws(DatasetError) in
      try augmentation.input(for: data)
    }
    self.init(data, input: input ?? own ?? data.input, augmentation, own: own)
  }

  private init(
    _ data: DataSet, input: InputDescription, _ augmentation: Augmentation?, own: InputDescription?
  ) {
    self.data = data
    self.input = input
    self.augmentation = augmentation
    isScaled =
      own.map {
        $0.resizeSide != nil || $0.resizeSize != nil || !$0.hasSize(of: data.input)
      } ?? false
    levels = (0..<input.channels).map { c in
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
    var generator = SeededGenerator(seed: seed, .order, UInt64(epoch))
    return indices.shuffled(using: &generator)
  }

  /// Pictures as a tensor `[N, C, H, W]`, and their classes.
  public typealias Batch = (inputs: Tensor, labels: [Int])

  /// Some pictures with their labels.
  ///
  /// What is random about a picture follows from the seed, the epoch and its number, and not from the batch.
  public func batch(
    _ indices: [Int], seed: UInt64 = 0, epoch: Int = 0
  ) throws(DatasetError) -> Batch {
    guard let batch = try batch(indices, seed: seed, epoch: epoch, isWanted: { true }) else {
      preconditionFailure("a batch was given up, and it is wanted")
    }
    return batch
  }

  /// As above; nil where it was given up between two pictures, because it is no longer wanted.
  func batch(
    _ indices: [Int], seed: UInt64, epoch: Int, isWanted: () -> Bool
  ) throws(DatasetError) -> Batch? {
    let labels = indices.map { data.labels[$0] }
    if augmentation == nil, let inputs = bytes(indices) { return (inputs, labels) }
    var values: [Float] = []
    values.reserveCapacity(indices.count * input.channels * input.height * input.width)
    for i in indices {
      guard isWanted() else { return nil }
      try appendNumbers(of: i, seed: seed, epoch: epoch, to: &values)
    }
    let shape: Shape = [indices.count, input.channels, input.height, input.width]
    return (Tensor(shape: shape, values: values), labels)
  }

  private func appendNumbers(
    of i: Int, seed: UInt64, epoch: Int, to values: inout [Float]
  ) throws(DatasetError) {
    guard let pixels = try augmented(i, seed: seed, epoch: epoch) else {
      return try appendNumbers(of: try data.image(at: i), i, to: &values)
    }
    guard
      (pixels.channels, pixels.height, pixels.width)
        == (input.channels, input.height, input.width), isScaled || takesWhole
    else { return try appendNumbers(of: pixels.image, i, to: &values) }
    for c in 0..<input.channels {
      let table = levels[c]
      for sample in pixels.samples[pixels.plane(c)] { values.append(table[Int(sample)]) }
    }
  }

  private func appendNumbers(
    of image: Image, _ i: Int, to values: inout [Float]
  ) throws(DatasetError) {
    do throws(InputError) {
      values += try input.prepared(image, inversion: .no).tensor.values
    } catch {
      throw .input(file: data.name(of: i), error)
    }
  }

  /// Picture `i` as the network is shown it, before it is made an input: augmented or as it is.
  public func picture(at i: Int) throws(DatasetError) -> Image {
    if let pixels = try augmented(i) { return pixels.image }
    return try data.image(at: i)
  }

  /// Picture `i` as an epoch's augmentation makes it; nil where there is no augmentation.
  public func augmented(
    _ i: Int, seed: UInt64 = 0, epoch: Int = 0
  ) throws(DatasetError) -> Pixels? {
    guard let augmentation else { return nil }
    var generator = SeededGenerator(seed: seed, .augmentation, UInt64(epoch), UInt64(i))
    let pixels = try data.pixels(at: i)
    do throws(PictureTransformError) {
      return try augmentation.applied(to: pixels, using: &generator)
    } catch {
      throw .transform(file: data.name(of: i), error)
    }
  }

  /// Whether a picture of the input's size is an input as it is.
  private var takesWhole: Bool {
    if let size = input.resizeSize {
      return size == InputSize(width: input.width, height: input.height)
    }
    return input.resizeSide.map { $0 == min(input.width, input.height) } ?? true
  }

  /// The same numbers without the way over pictures, where they lie in memory as they are.
  private func bytes(_ indices: [Int]) -> Tensor? {
    guard case .bytes(let bytes, let offset, let stride) = data.pictures,
      input.channels == data.input.channels, input.hasSize(of: data.input), takesWhole
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

extension InputDescription {
  fileprivate func hasSize(of other: InputDescription) -> Bool {
    (width, height) == (other.width, other.height)
  }
}
