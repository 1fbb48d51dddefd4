import Testing
import VizCNN
import VizImage
import VizKernels
import VizNN
import VizTestSupport
import VizTraining

@Suite("Batches made ahead")
struct BatchQueueTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.makeDigits(53)
  }

  private func loader(_ text: String = "RandomCrop(8, padding=3), ColorJitter(0.5)") throws
    -> Loader
  {
    let data = try DataSource("mnist:\(scratch.path)").read(.training)
    return try Loader(data, augmentation: Augmentation(text: text))
  }

  @Test("come in one order and are equal bit for bit, with 0 to 4 workers")
  func order() throws {
    let loader = try loader()
    let order = Loader.order(Array(0..<53), seed: 5, epoch: 2)
    func batches(_ workers: Int) throws -> [Loader.Batch] {
      let queue = BatchQueue(loader, order, size: 8, seed: 5, epoch: 2, workers: workers)
      #expect(queue.count == 7 && queue.indices(of: 6) == Array(order.suffix(5)))
      return try (0..<queue.count).map { try queue.batch($0) }
    }
    let expected = try (0..<7).map { n in
      try loader.batch(Array(order[8 * n..<min(8 * n + 8, 53)]), seed: 5, epoch: 2)
    }
    for workers in 0...4 {
      let found = try batches(workers)
      for (n, batch) in found.enumerated() {
        #expect(batch.labels == expected[n].labels, "\(workers) workers, batch \(n)")
        let bits = batch.inputs.values.map(\.bitPattern)
        #expect(
          bits == expected[n].inputs.values.map(\.bitPattern), "\(workers) workers, batch \(n)")
      }
    }
  }

  @Test("can be asked for from the middle on, with gaps, and again")
  func places() throws {
    let loader = try loader()
    let queue = BatchQueue(loader, Array(0..<53), size: 4, from: 6, workers: 2)
    for number in [6, 7, 10, 13, 3, 10, 6] {
      let direct = try loader.batch(queue.indices(of: number))
      let batch = try queue.batch(number)
      #expect(batch.inputs == direct.inputs && batch.labels == direct.labels, "batch \(number)")
    }
  }

  @Test("tell a picture that cannot be had where it stands in the order")
  func errors() throws {
    for n in 0..<12 {
      let image = Image(
        width: 4, height: 4, layout: .gray, samples: [UInt8](repeating: 9, count: 16))
      try scratch.write(ImageEncoder.encode(image, as: .png), to: "photos/\(n % 2)/\(n).png")
    }
    let data = try DataSource("folder:\(scratch["photos"])").read(.training)
    let broken = try #require((0..<12).first { data.name(of: $0).hasSuffix("/7.png") })
    try scratch.write([1, 2, 3], to: "photos/1/7.png")
    for workers in 0...3 {
      let queue = BatchQueue(try Loader(data), Array(0..<12), size: 2, workers: workers)
      for number in 0..<6 {
        do throws(DatasetError) {
          _ = try queue.batch(number)
          #expect(number != broken / 2, "\(workers) workers")
        } catch {
          guard case .image(scratch["photos/1/7.png"], _) = error else {
            Issue.record("\(error)")
            return
          }
          #expect(number == broken / 2, "\(workers) workers, batch \(number)")
        }
      }
    }
  }

  @Test("a network that learns from them ends with the same bits, whatever the workers")
  func training() throws {
    func end(_ workers: Int) throws -> TrainingState {
      var trainer = try Trainer(
        SmallNetwork.convolutional(), loader(),
        options: TrainingOptions(epochs: 3, batchSize: 8, validationShare: 0.2, seed: 9), jobs: 2,
        workers: workers)
      while !trainer.isDone { try trainer.advance() }
      return trainer.state
    }
    let plain = try end(0)
    for workers in [1, 3] {
      let state = try end(workers)
      #expect(state.parameters == plain.parameters && state.history == plain.history)
    }
  }

  @Test("a trainer is a value: its copies learn the same, each by itself")
  func copies() throws {
    var first = try Trainer(
      SmallNetwork.convolutional(), loader(),
      options: TrainingOptions(epochs: 2, batchSize: 8, seed: 9), jobs: 1, workers: 2)
    try first.advance()
    var second = first
    while !first.isDone { try first.advance() }
    while !second.isDone { try second.advance() }
    #expect(first.state.parameters == second.state.parameters)
  }
}
