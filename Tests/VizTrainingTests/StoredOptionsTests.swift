import Testing
import VizFiles
import VizNN
import VizTraining

@Suite("Options of a run that was stored")
struct StoredOptionsTests {
  private static let all: [TrainingOptions] = {
    let methods: [Optimizer.Method] = [
      .sgd(momentum: 0.8, isNesterov: true), .adam(), .adamW(beta1: 0.7, beta2: 0.9, epsilon: 1e-6),
      .rmsprop(alpha: 0.95, momentum: 0.3),
    ]
    let schedules: [LearningRate.Schedule] = [
      .constant, .step(every: 3, factor: 0.3), .cosine(warmUpSteps: 20, floor: 1e-5),
      .plateau(factor: 0.2, patience: 4, threshold: 1e-3), .plateau(factor: 0, patience: 0),
    ]
    let losses: [Loss?] = [
      nil, .crossEntropy(smoothing: 0.1), .negativeLogLikelihood, .meanSquaredError,
      .margin(present: 0.8, absent: 0.2, weight: 0.4),
    ]
    let clippings: [GradientClipping?] = [nil, .norm(2.5), .value(0.1)]
    return losses.indices.map { i in
      TrainingOptions(
        epochs: 7 + i, batchSize: 33, method: methods[i % 4], weightDecay: 1e-4, rate: 0.1 / 3,
        schedule: schedules[i % 4], clipping: clippings[i % 3], loss: losses[i],
        patience: i == 0 ? nil : i, validationShare: 0.15, seed: .max - UInt64(i))
    }
  }()

  @Test("are read as they were")
  func roundTrip() throws {
    for options in Self.all + [TrainingOptions()] {
      let text = options.json.text
      #expect(TrainingOptions(json: try JSONValue(json: Array(text.utf8))) == options, "\(text)")
    }
  }

  @Test("that a file is too old to have are what they were then")
  func olderFiles() throws {
    var members = try #require(TrainingOptions(epochs: 9, seed: 2).json.members)
    members.removeAll { ["epochs", "patience", "loss", "schedule"].contains($0.0) }
    let then = TrainingOptions(epochs: 5, schedule: .constant, seed: 2)
    #expect(TrainingOptions(json: .object(members)) == then)
  }

  @Test("name what differs as the command does, and nothing that follows from it")
  func differences() {
    func parts(_ a: TrainingOptions, _ b: TrainingOptions) -> [String] {
      a.differences(from: b.json).map { "\($0.part) \($0.found) \($0.expected)" }
    }
    let usual = TrainingOptions(schedule: .constant)
    var other = usual
    #expect(parts(usual, usual).isEmpty)
    (other.method, other.epochs) = (.sgd(momentum: 0.9), 9)
    #expect(parts(other, usual) == ["--optimizer adam sgd"])
    #expect(parts(usual, other) == ["--optimizer sgd adam"])
    var nesterov = other
    nesterov.method = .sgd(momentum: 0.9, isNesterov: true)
    #expect(parts(nesterov, other) == ["--nesterov no yes"])
    other = usual
    other.method = .adam(beta1: 0.5)
    #expect(parts(other, usual) == ["beta1 0.9 0.5"])
    other = usual
    other.loss = .crossEntropy(smoothing: 0.2)
    #expect(parts(other, usual) == ["--label-smoothing 0 0.2"])
    other.loss = .crossEntropy(smoothing: 0)
    #expect(parts(other, usual) == ["--loss auto cross-entropy"])
    other.loss = .margin()
    #expect(parts(usual, other) == ["--loss margin auto"])
    other = usual
    (other.schedule, other.clipping) = (.step(every: 3), .norm(2))
    #expect(parts(other, usual) == ["--schedule constant step", "--clip-norm none 2"])
  }

  @Test("that are damaged are none")
  func damaged() throws {
    #expect(TrainingOptions(json: .array([])) == nil && TrainingOptions(json: .object([])) == nil)
    let wrong: [JSONValue] = [
      .null, .bool(true), .number(-1), .number(1e300), .number(0.5), .string("-1"), .array([]),
    ]
    for options in Self.all {
      let members = try #require(options.json.members)
      for (i, (name, value)) in members.enumerated() {
        var others = 0
        for other in wrong where other.text != value.text {
          var changed = members
          changed[i].1 = other
          let read = TrainingOptions(json: .object(changed))
          if read == nil { others += 1 }
          // What is read is another value of its range, and never the one that is not there.
          #expect(read == nil || read != options, "\(name): \(other.text) instead of \(value.text)")
        }
        #expect(others >= 4, "\(name)")
      }
    }
  }
}
