/// Capsules that vote for the capsules of the next layer, and weigh votes by how far they agree.
///
///     votes[i, j] = weight[i, :, j]ᵀ · input[i],  p[j] = 0,
///     in every turn:  c[i] = softmax(votes[i, j] · p[j]),  s[j] = Σᵢ c[i, j] · votes[i, j],
///                     v[j] = squash(s[j]),  p[j] += v[j]
///
/// What an agreement adds up to over turns is that with the sum of the poses v, so p is all that a turn takes over.
/// Pictures are the lanes of vectors; a task takes as many as there are.
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

  var row: Int { outputs * outputLength }
  /// Numbers of a picture that turns leave: of each s, and p of the next turn or behind the last one v.
  private var turnLength: Int { 2 * turns * row }
  /// Numbers of a picture that the way back leaves: for each capsule and turn but the first c and the gradient by its logarithm.
  private var shareLength: Int { inputs * shareTerms * outputs }
  private var shareTerms: Int { 2 * (turns - 1) }
  /// Pictures, and lanes that are left over.
  private var batchLanes: Int {
    (batch + PictureLanes.most - 1) / PictureLanes.most * PictureLanes.most
  }

  /// Numbers that `run` leaves for the way back, and that the way back needs room for.
  package var turnCount: Int { batchLanes * turnLength }
  package var gradientCount: Int { batchLanes * (turnLength + shareLength) }

  /// `input` `[N, I, K]`, `weight` `[I, K, J, D]`, `output` `[N, J, D]`; `turns` is nil where there is no way back.
  package func run(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, turns: UnsafeMutablePointer<Float>? = nil,
    execution: Execution
  ) {
    nonisolated(unsafe) let (output, turns) = (output, turns)
    forEachTask(input, weight, turns, execution) { task in
      task.run()
      task.lanes.put(task.pose(self.turns - 1), row, into: output, step: row, task.kernels)
    }
  }

  /// The gradients by both inputs from that by the output and what `run` left; `room` is for `gradientCount` numbers.
  package func runGradient(
    input: UnsafePointer<Float>, weight: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    turns: UnsafePointer<Float>, room: UnsafeMutablePointer<Float>,
    intoInput: UnsafeMutablePointer<Float>?, intoWeight: UnsafeMutablePointer<Float>?,
    execution: Execution
  ) {
    nonisolated(unsafe) let (gradient, turns) = (gradient, turns)
    nonisolated(unsafe) let (vectors, shares) = (room, room + turnCount)
    forEachTask(input, weight, vectors, execution) { task in
      let first = task.lanes.pictures.lowerBound
      task.vectors.update(from: turns + first * turnLength, count: task.lanes.count * turnLength)
      task.runGradient(gradient, shares: shares + first * shareLength)
    }
    joinVotes(input, weight, vectors, shares, intoInput, intoWeight, execution)
  }

  /// Lays the pictures of each task side by side, and lends them with room for what they need.
  ///
  /// `vectors` is where turns are left, for all pictures.
  private func forEachTask(
    _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    _ vectors: UnsafeMutablePointer<Float>?, _ execution: Execution,
    _ body: @Sendable (Turns) -> Void
  ) {
    nonisolated(unsafe) let (input, weight, vectors) = (input, weight, vectors)
    let (side, kernelRoom) = (inputs * inputLength, row + outputs)
    let count = side + kernelRoom + row + (vectors == nil ? turnLength : 0)
    ThreadPool.runPieces(of: batch, size: PictureLanes.most, jobs: execution.jobs) { pictures in
      let (lanes, kernels) = (PictureLanes(pictures: pictures), execution.kernels.tensors)
      ScratchShelf.lending(4 * lanes.count * count) { memory in
        let memory = memory.assumingMemoryBound(to: Float.self)
        let room = memory + lanes.count * side
        let poseGradient = room + lanes.count * kernelRoom
        lanes.take(input, side, into: memory, kernels)
        body(
          Turns(
            routing: self, lanes: lanes, kernels: kernels, input: memory, weight: weight,
            room: room, poseGradient: poseGradient,
            vectors: vectors.map { $0 + pictures.lowerBound * turnLength }
              ?? poseGradient + lanes.count * row))
      }
    }
  }

  /// From the gradients of votes to those of what they are products of, a voting capsule at a time.
  private func joinVotes(
    _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    _ vectors: UnsafePointer<Float>, _ shares: UnsafePointer<Float>,
    _ intoInput: UnsafeMutablePointer<Float>?, _ intoWeight: UnsafeMutablePointer<Float>?,
    _ execution: Execution
  ) {
    nonisolated(unsafe) let (input, weight) = (input, weight)
    nonisolated(unsafe) let (vectors, shares) = (vectors, shares)
    nonisolated(unsafe) let (intoInput, intoWeight) = (intoInput, intoWeight)
    let (width, pictureLength) = (PictureLanes.most, inputs * inputLength)
    ThreadPool.runPieces(of: inputs, size: Self.votersPerTask, jobs: execution.jobs) { voters in
      let kernels = execution.kernels.tensors
      ScratchShelf.lending(4 * (batch * row + width * (row + inputLength))) { memory in
        let rows = memory.assumingMemoryBound(to: Float.self)
        let votes = rows + batch * row
        let side = votes + width * row
        for i in voters {
          let own = weight + i * inputLength * row
          for first in stride(from: 0, to: batch, by: width) {
            let lanes = PictureLanes(pictures: first..<min(first + width, batch))
            kernels.spreadVotes(
              lanes.count, inputLength, outputs, outputLength, shareTerms,
              shares + first * shareLength + i * shareTerms * outputs * lanes.count,
              vectors + first * turnLength, own, votes, intoInput == nil ? nil : side)
            if let intoInput {
              lanes.put(
                side, inputLength, into: intoInput + i * inputLength, step: pictureLength, kernels)
            }
            if intoWeight != nil { lanes.put(votes, row, into: rows, step: row, kernels) }
          }
          if let intoWeight {
            kernels.voteWeightRows(
              batch, inputLength, row, input + i * inputLength, pictureLength, rows,
              intoWeight + i * inputLength * row)
          }
        }
      }
    }
  }

  /// Voting capsules of a task on the way back.
  private static let votersPerTask = 8
}

/// Pictures that are worked on together, each in a lane of vectors.
private struct PictureLanes {
  /// Of the widest vector that kernels have, and of that for few pictures.
  static let most = 16
  private static let few = 4

  let pictures: Range<Int>

  /// Behind the last picture lanes hold zeros.
  var count: Int { pictures.count > Self.few ? Self.most : Self.few }

  /// Turns rows of `length` numbers, one of each picture, into vectors.
  func take(
    _ rows: UnsafePointer<Float>, _ length: Int, into vectors: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    if pictures.count < count { vectors.update(repeating: 0, count: length * count) }
    kernels.turnRows(
      rows + pictures.lowerBound * length, length, pictures.count, length, vectors, count)
  }

  /// Turns vectors into rows, which begin `step` numbers after each other.
  func put(
    _ vectors: UnsafePointer<Float>, _ length: Int, into rows: UnsafeMutablePointer<Float>,
    step: Int, _ kernels: TensorKernels
  ) {
    kernels.turnRows(
      vectors, count, length, pictures.count, rows + pictures.lowerBound * step, step)
  }
}

/// The turns of routing for pictures that lie side by side.
private struct Turns {
  let routing: VoteRouting
  let lanes: PictureLanes
  let kernels: TensorKernels
  /// `[I, K]`.
  let input: UnsafePointer<Float>
  let weight: UnsafePointer<Float>
  let room: UnsafeMutablePointer<Float>
  let poseGradient: UnsafeMutablePointer<Float>
  let vectors: UnsafeMutablePointer<Float>

  private var count: Int { routing.row * lanes.count }

  /// s of a turn, and in its place the gradient by it.
  private func sum(_ turn: Int) -> UnsafeMutablePointer<Float> { vectors + 2 * turn * count }
  /// p of the next turn, or behind the last one v.
  func pose(_ turn: Int) -> UnsafeMutablePointer<Float> { vectors + (2 * turn + 1) * count }

  func run() {
    for turn in 0..<routing.turns {
      let (sum, pose) = (sum(turn), pose(turn))
      kernels.routeVotes(
        lanes.count, routing.inputs, routing.inputLength, routing.outputs, routing.outputLength,
        input, weight, turn > 0 ? self.pose(turn - 1) : nil, room, sum)
      forCapsules { x in
        Squash.run(
          sum + x, step: lanes.count, length: routing.outputLength, into: pose + x,
          outStep: lanes.count)
      }
      if 0 < turn, turn < routing.turns - 1 {
        let last = self.pose(turn - 1)
        for x in 0..<count { pose[x] += last[x] }
      }
    }
  }

  /// Back through every turn, as the sums depend on c and this on the poses before.
  ///
  /// Leaves the vectors and their shares in the order of `spreadVotes`.
  func runGradient(_ gradient: UnsafePointer<Float>, shares: UnsafeMutablePointer<Float>) {
    let (outputs, last) = (routing.outputs, routing.turns - 1)
    lanes.take(gradient, routing.row, into: poseGradient, kernels)
    for turn in (0...last).reversed() {
      let sum = sum(turn)
      forCapsules { x in
        Squash.runGradient(
          sum + x, step: lanes.count, poseGradient + x, gradientStep: lanes.count,
          length: routing.outputLength, into: sum + x)
      }
      guard turn > 0 else { break }
      // The output is v of the last turn alone; those before are in p of every turn behind them.
      if turn == last { poseGradient.update(repeating: 0, count: count) }
      kernels.routeVotesGradient(
        lanes.count, routing.inputs, routing.inputLength, outputs, routing.outputLength, input,
        weight, pose(turn - 1), sum, room, shares + 2 * (turn - 1) * outputs * lanes.count,
        2 * last * outputs * lanes.count, poseGradient)
    }
    // In the first turn all c are the same.
    let (sum, share) = (sum(0), 1 / Float(outputs))
    for x in 0..<count { sum[x] *= share }
  }

  /// Where every capsule of every picture begins.
  private func forCapsules(_ body: (Int) -> Void) {
    let size = routing.outputLength * lanes.count
    for j in 0..<routing.outputs {
      for n in 0..<lanes.count { body(j * size + n) }
    }
  }
}
