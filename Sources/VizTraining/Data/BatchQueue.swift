internal import VizKernels

/// The batches of some pictures in their order, made ahead of the network by workers.
///
/// What is in a batch follows from the pictures' order, the seed and the epoch; the number of workers changes
/// when it is made, and nothing else. A picture that cannot be had is told where its batch stands in the order.
/// The workers end with the queue, within the time that one picture takes.
public final class BatchQueue: Sendable {
  /// Numbers of pictures.
  public let order: [Int]
  private let size: Int
  private let prefetcher: Prefetcher<Result<Loader.Batch, DatasetError>>

  /// Workers where nobody says how many: decoding and augmenting on one core keeps up with a network on the others.
  public static let usualWorkers = 2

  /// Batches of `size`, and of what is left; `start` is the first that will be asked for.
  public init(
    _ loader: Loader, _ order: [Int], size: Int, seed: UInt64 = 0, epoch: Int = 0,
    from start: Int = 0, workers: Int = 0
  ) {
    precondition(size > 0, "batches of \(size)")
    self.order = order
    self.size = size
    let count = (order.count + size - 1) / size
    prefetcher = Prefetcher(
      min(start, count)..<count, workers: workers, ahead: workers + 1
    ) { batch, isWanted in
      do throws(DatasetError) {
        let indices = Self.indices(of: batch, in: order, size)
        return try loader.batch(indices, seed: seed, epoch: epoch, isWanted: isWanted)
          .map { .success($0) }
      } catch {
        return .failure(error)
      }
    }
  }

  /// How many batches there are.
  public var count: Int { (order.count + size - 1) / size }

  /// The pictures of a batch.
  public func indices(of batch: Int) -> [Int] { Self.indices(of: batch, in: order, size) }

  private static func indices(of batch: Int, in order: [Int], _ size: Int) -> [Int] {
    Array(order[batch * size..<min((batch + 1) * size, order.count)])
  }

  /// A batch, as soon as it is there; those before it are made anew if they are asked for later.
  public func batch(_ number: Int) throws(DatasetError) -> Loader.Batch {
    try prefetcher.value(at: number).get()
  }
}
