internal import Synchronization
internal import VizKernels

/// A picture whose samples may still be on their way: a codec fills the rows from the top while others
/// work on those that are there.
public final class PictureSource: Sendable {
  public let width: Int
  public let height: Int
  public let layout: ChannelLayout
  public let sampleType: SampleType
  public let metadata: ImageMetadata
  /// What is spent on the picture.
  public let times: WorkTimes
  private let storage: SampleBuffer
  private let arrival = RowArrival()
  private let state: Mutex<State>

  /// Fills all rows, telling how many are there.
  typealias Decode = @Sendable (RowArrival) throws(ImageError) -> Void

  private struct State {
    /// Nil once it has been started.
    var decode: Decode?
    var failure: ImageError?
  }

  /// A picture that is there.
  public init(_ image: Image, times: WorkTimes = WorkTimes()) {
    width = image.width
    height = image.height
    layout = image.layout
    sampleType = image.sampleType
    metadata = image.metadata
    storage = image.storage
    self.times = times
    state = Mutex(State())
    arrival.finish()
  }

  /// A picture that `decode` fills when it is first worked on.
  init(
    _ shape: PictureShape, storage: SampleBuffer, times: WorkTimes, decode: @escaping Decode
  ) {
    width = shape.width
    height = shape.height
    layout = shape.layout
    sampleType = shape.sampleType
    metadata = shape.metadata
    self.storage = storage
    self.times = times
    state = Mutex(State(decode: decode))
  }

  /// The samples, for steps that wait for rows.
  var pixels: RowPlane.Pixels {
    RowPlane.Pixels(
      storage, width: width, height: height, channels: layout.channels,
      sampleCode: sampleType.code, isArriving: true)
  }

  /// The whole picture.
  ///
  /// - Throws: ``ImageError`` where its samples are damaged.
  public func image() throws(ImageError) -> Image {
    try run(count: 0, jobs: 1) { _ in }
    return Image(
      width: width, height: height, layout: layout, sampleType: sampleType, storage: storage,
      metadata: metadata)
  }

  /// Waits until the rows before `count` are there; false where they never will be.
  func wait(for count: Int) -> Bool { arrival.wait(for: count) }

  /// Runs `body` for every index below `count` on at most `jobs` threads, and the decoder, where it has
  /// not run yet, beside them: it is begun first, so that whoever waits for rows waits for a thread
  /// that is at work.
  ///
  /// - Throws: what the decoder throws; `body`'s work is of no use then.
  func run(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) throws(ImageError) {
    let decode = state.withLock { state in
      defer { state.decode = nil }
      return state.decode
    }
    if let decode {
      ThreadPool.runInOrder(count: count + 1, jobs: jobs) { i in
        if i == 0 { start(decode) } else { body(i - 1) }
      }
    } else {
      ThreadPool.runInOrder(count: count, jobs: jobs, body)
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func start(_ decode: Decode) {
    times.measuring(.decode) {
      do throws(ImageError) {
        try decode(arrival)
        arrival.finish()
      } catch {
        state.withLock { $0.failure = error }
        arrival.fail()
      }
    }
  }
}

/// Time that all threads together spent in each part of the work, without waiting for rows.
public final class WorkTimes: Sendable {
  public enum Part: Sendable { case decode, filter, encode }

  private let nanoseconds = Mutex<[Part: Int64]>([:])

  public init() {}

  public func milliseconds(_ part: Part) -> Double {
    Double(nanoseconds.withLock { $0[part] ?? 0 }) / 1e6
  }

  public func measuring<Result, Failure: Error>(
    _ part: Part, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      nanoseconds.withLock {
        $0[part, default: 0] += seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      }
    }
    return try body()
  }
}
