#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Capsules that vote for the capsules of the next layer, and weigh votes by how far they agree.
///
///     votes[i, j] = weight[i, :, j]ᵀ · input[i]
///     b[i, j] = 0,  then in every turn:  c[i] = softmax(b[i]),  s[j] = Σᵢ c[i, j] · votes[i, j],
///                                        v[j] = squash(s[j]),  b[i, j] += votes[i, j] · v[j]
///
/// A task takes a few pictures: their votes stay in its core's cache through all turns.
package struct VoteRouting: Sendable {
  package let batch: Int
  /// Capsules that vote, and their length.
  package let inputs: Int
  package let inputLength: Int
  /// Capsules that are voted for, and their length.
  package let outputs: Int
  package let outputLength: Int
  package let turns: Int

  package init(
    batch: Int, inputs: Int, inputLength: Int, outputs: Int, outputLength: Int, turns: Int
  ) {
    precondition(turns > 0, "\(turns) turns of routing")
    self.batch = batch
    self.inputs = inputs
    self.inputLength = inputLength
    self.outputs = outputs
    self.outputLength = outputLength
    self.turns = turns
  }

  /// Pictures of a task: the product that makes votes pays from about a dozen on.
  private static let picturesPerTask = 16

  fileprivate var row: Int { outputs * outputLength }
  fileprivate var pairs: Int { inputs * outputs }

  /// `input` `[N, I, K]`, `weight` `[I, K, J, D]`, `output` `[N, J, D]`.
  package func run(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let output = output
    forEachTask(input, weight, keepingTurns: 1, execution) { turns, first, count in
      for n in 0..<count {
        turns.run(picture: n, of: count)
        (output + (first + n) * row).update(from: turns.pose(0), count: row)
      }
    }
  }

  /// The gradients by both inputs from that by the output; `votes` is room for `[I, N, J, D]`.
  package func runGradient(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    votes: UnsafeMutablePointer<Float>, intoInput: UnsafeMutablePointer<Float>?,
    intoWeight: UnsafeMutablePointer<Float>?, execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, voteGradients) = (gradient, votes)
    forEachTask(input, weight, keepingTurns: turns, execution) { turns, first, count in
      for n in 0..<count {
        turns.run(picture: n, of: count)
        turns.runGradient(
          gradient + (first + n) * row, picture: n, of: count,
          into: voteGradients + (first + n) * row, stride: batch * row)
      }
    }
    joinVotes(input, weight, votes, intoInput, intoWeight, execution)
  }

  /// Makes the votes of some pictures at a time, and lends them with room for the turns.
  private func forEachTask(
    _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, keepingTurns kept: Int,
    _ execution: Execution, _ body: @Sendable (Turns, _ first: Int, _ count: Int) -> Void
  ) {
    nonisolated(unsafe) let (input, weight) = (input, weight)
    let size = Self.picturesPerTask
    var single = execution
    single.jobs = 1
    let roomCount = Turns.roomCount(self, kept)
    let (voteCount, sideCount) = (inputs * size * row, inputLength * size)
    ThreadPool.run(count: (batch + size - 1) / size, jobs: execution.jobs) { [single] task in
      ScratchShelf.lending(4 * (voteCount + sideCount + roomCount)) { memory in
        let votes = memory.assumingMemoryBound(to: Float.self)
        let side = votes + voteCount
        let first = task * size
        let count = min(size, batch - first)
        let product = MatrixProduct(
          rows: count, columns: row, depth: inputLength, a: .byRow, b: .byRow)
        for i in 0..<inputs {
          for n in 0..<count {
            (side + n * inputLength).update(
              from: input + ((first + n) * inputs + i) * inputLength, count: inputLength)
          }
          product.run(
            a: side, b: weight + i * inputLength * row, output: votes + i * count * row,
            execution: single)
        }
        body(
          Turns(
            routing: self, kernels: execution.kernels.tensors, votes: votes,
            room: side + sideCount, kept: kept), first, count)
      }
    }
  }

  /// From the gradients of votes to those of what they are products of, a voting capsule at a time.
  private func joinVotes(
    _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    _ votes: UnsafePointer<Float>, _ intoInput: UnsafeMutablePointer<Float>?,
    _ intoWeight: UnsafeMutablePointer<Float>?, _ execution: Execution
  ) {
    nonisolated(unsafe) let (input, weight, votes) = (input, weight, votes)
    nonisolated(unsafe) let (intoInput, intoWeight) = (intoInput, intoWeight)
    var single = execution
    single.jobs = 1
    let weights = MatrixProduct(
      rows: inputLength, columns: row, depth: batch, a: .byColumn, b: .byRow)
    let inputs = DenseProduct(samples: batch, outputs: inputLength, depth: row)
    ThreadPool.run(count: self.inputs, jobs: execution.jobs) { [single] i in
      ScratchShelf.lending(4 * max(batch * inputLength, 1)) { memory in
        let side = memory.assumingMemoryBound(to: Float.self)
        let own = votes + i * batch * row
        func place(_ n: Int) -> Int { (n * self.inputs + i) * inputLength }
        if let intoWeight {
          for n in 0..<batch {
            (side + n * inputLength).update(from: input + place(n), count: inputLength)
          }
          weights.run(
            a: side, b: own, output: intoWeight + i * inputLength * row, execution: single)
        }
        if let intoInput {
          inputs.run(
            input: own, weight: weight + i * inputLength * row, bias: nil, output: side,
            execution: single)
          for n in 0..<batch {
            (intoInput + place(n)).update(from: side + n * inputLength, count: inputLength)
          }
        }
      }
    }
  }
}

/// The turns of routing for one picture after the other.
private struct Turns: @unchecked Sendable {
  let routing: VoteRouting
  let kernels: TensorKernels
  /// Of a task's pictures, `[I, pictures, J, D]`.
  let votes: UnsafeMutablePointer<Float>
  let room: UnsafeMutablePointer<Float>
  /// Turns whose numbers are kept for the way back, or 1: the last.
  let kept: Int

  private var row: Int { routing.row }
  private var pairs: Int { routing.pairs }

  static func roomCount(_ routing: VoteRouting, _ kept: Int) -> Int {
    (2 * kept + 1) * routing.pairs + (3 * kept + 1) * routing.row
  }

  // The weights of all turns, then behind them the gradients by their logarithms: the terms of `spreadRows`.
  private func weights(_ turn: Int) -> UnsafeMutablePointer<Float> { room + turn * pairs }
  private func logits(_ turn: Int) -> UnsafeMutablePointer<Float> { weights(kept + turn) }
  private var scores: UnsafeMutablePointer<Float> { weights(2 * kept) }
  // The gradients by the sums of all turns, then what was voted for.
  private var vectors: UnsafeMutablePointer<Float> { scores + pairs }
  private func sumGradient(_ turn: Int) -> UnsafeMutablePointer<Float> { vectors + turn * row }
  func pose(_ turn: Int) -> UnsafeMutablePointer<Float> { vectors + (kept + turn) * row }
  private func sum(_ turn: Int) -> UnsafeMutablePointer<Float> {
    vectors + (2 * kept + turn) * row
  }
  private var poseGradient: UnsafeMutablePointer<Float> { vectors + 3 * kept * row }

  /// Where a turn's numbers are.
  private func slot(_ turn: Int) -> Int { kept == 1 ? 0 : turn }

  func run(picture n: Int, of count: Int) {
    let (votes, stride) = (votes + n * row, count * row)
    let (inputs, outputs, length) = (routing.inputs, routing.outputs, routing.outputLength)
    weights(0).update(repeating: 1 / Float(outputs), count: pairs)
    for turn in 0..<routing.turns {
      let slot = slot(turn)
      if turn > 0 {
        kernels.agreeRows(
          inputs, outputs, length, votes, stride, pose(self.slot(turn - 1)), turn > 1, scores)
        softmax(scores, into: weights(slot))
      }
      kernels.gatherRows(inputs, outputs, length, votes, stride, weights(slot), sum(slot))
      for j in starts {
        Squash.run(sum(slot) + j, length: length, into: pose(slot) + j)
      }
    }
  }

  /// Back through every turn, as the sums depend on the weights and these on what was voted for before.
  func runGradient(
    _ gradient: UnsafePointer<Float>, picture n: Int, of count: Int,
    into out: UnsafeMutablePointer<Float>, stride outStride: Int
  ) {
    let (votes, stride) = (votes + n * row, count * row)
    let (inputs, outputs, length) = (routing.inputs, routing.outputs, routing.outputLength)
    let last = routing.turns - 1
    poseGradient.update(from: gradient, count: row)
    for turn in (0...last).reversed() {
      for j in starts {
        Squash.runGradient(
          sum(turn) + j, poseGradient + j, length: length, into: sumGradient(turn) + j)
      }
      guard turn > 0 else { break }
      let own = logits(turn - 1)
      kernels.agreeRows(
        inputs, outputs, length, votes, stride, sumGradient(turn), false, own)
      softmaxGradient(weights(turn), own)
      // What later turns add up is this turn's too.
      if turn < last { for i in 0..<pairs { own[i] += logits(turn)[i] } }
      kernels.gatherRows(inputs, outputs, length, votes, stride, own, poseGradient)
    }
    kernels.spreadRows(
      inputs, outputs, length, 2 * last + 1, room, vectors, out, outStride)
  }

  /// Where every capsule of a row begins.
  private var starts: StrideTo<Int> {
    Swift.stride(from: 0, to: row, by: routing.outputLength)
  }

  private func softmax(
    _ scores: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let outputs = routing.outputs
    for i in 0..<routing.inputs {
      let (row, target) = (scores + i * outputs, out + i * outputs)
      var largest = row[0]
      for j in 1..<max(outputs, 1) where row[j] > largest { largest = row[j] }
      var sum: Float = 0
      for j in 0..<outputs {
        target[j] = expf(row[j] - largest)
        sum += target[j]
      }
      let factor = 1 / sum
      for j in 0..<outputs { target[j] *= factor }
    }
  }

  /// `gradient[j] = c[j] · (gradient[j] − Σₖ c[k] · gradient[k])`, in place.
  private func softmaxGradient(
    _ weights: UnsafePointer<Float>, _ gradients: UnsafeMutablePointer<Float>
  ) {
    let outputs = routing.outputs
    for i in 0..<routing.inputs {
      let (row, gradient) = (weights + i * outputs, gradients + i * outputs)
      var mean: Float = 0
      for j in 0..<outputs { mean += row[j] * gradient[j] }
      for j in 0..<outputs { gradient[j] = row[j] * (gradient[j] - mean) }
    }
  }
}
