// What routing between capsules consists of. A capsule i votes for each capsule j of the next layer with a vector:
//
//     votes[i, j, d] = Σₖ weight[i, k, j, d] · input[i, k]
//
// Lanes are pictures: of every number but a weight there are 16 or 4 side by side, one for each picture. So it does
// not matter how many capsules there are and how long, and what a picture gets does not depend on its neighbours.
// Votes are made anew wherever they are needed, which takes less time than to bring them back from memory.

/// A turn of routing: votes, weighed by how far they agree with `poses` and added up.
///
///     sums[j, d] = Σᵢ c[i, j] · votes[i, j, d],   c[i] = softmax over j of Σ_d votes[i, j, d] · poses[j, d]
///
/// Without `poses` all weigh 1 / `capsules`. `room` is for `capsules` · (`length` + 1) vectors.
package func routeVotes(
  lanes: Int, voters: Int, inputLength: Int, capsules: Int, length: Int,
  input: UnsafePointer<Float>, weight: UnsafePointer<Float>, poses: UnsafePointer<Float>?,
  room: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
) {
  if lanes == FloatLanes.lanes {
    Votes<FloatLanes>(voters, inputLength, capsules, length, input, weight, room)
      .route(poses, into: sums)
  } else {
    Votes<QuarterFloatLanes>(voters, inputLength, capsules, length, input, weight, room)
      .route(poses, into: sums)
  }
}

/// The way back through a turn: to what votes were compared with, from the gradient by their sums.
///
///     poseGradient[j, d] += Σᵢ g[i, j] · votes[i, j, d],
///     g[i, j] = c[i, j] · (a[i, j] − Σₘ c[i, m] · a[i, m]),   a[i, j] = Σ_d votes[i, j, d] · sumGradient[j, d]
///
/// g[i] and behind it c[i] are left at `shares`, those of the next capsule `shareStride` numbers further.
package func routeVotesGradient(
  lanes: Int, voters: Int, inputLength: Int, capsules: Int, length: Int,
  input: UnsafePointer<Float>, weight: UnsafePointer<Float>, poses: UnsafePointer<Float>,
  sumGradient: UnsafePointer<Float>, room: UnsafeMutablePointer<Float>,
  shares: UnsafeMutablePointer<Float>, shareStride: Int,
  poseGradient: UnsafeMutablePointer<Float>
) {
  if lanes == FloatLanes.lanes {
    Votes<FloatLanes>(voters, inputLength, capsules, length, input, weight, room)
      .goBack(poses, sumGradient, shares, shareStride, into: poseGradient)
  } else {
    Votes<QuarterFloatLanes>(voters, inputLength, capsules, length, input, weight, room)
      .goBack(poses, sumGradient, shares, shareStride, into: poseGradient)
  }
}

/// The gradients by a capsule's votes, and by the capsule.
///
///     votes[j, d] = vectors[0, j, d] + Σₘ shares[m, j] · vectors[m + 1, j, d],   0 ≤ m < terms
///     input[k] = Σ weight[k, j, d] · votes[j, d]
package func spreadVotes(
  lanes: Int, inputLength: Int, capsules: Int, length: Int, terms: Int,
  shares: UnsafePointer<Float>, vectors: UnsafePointer<Float>, weight: UnsafePointer<Float>,
  votes: UnsafeMutablePointer<Float>, input: UnsafeMutablePointer<Float>?
) {
  if lanes == FloatLanes.lanes {
    spread(
      FloatLanes.self, inputLength, capsules, length, terms, shares, vectors, weight, votes, input)
  } else {
    spread(
      QuarterFloatLanes.self, inputLength, capsules, length, terms, shares, vectors, weight, votes,
      input)
  }
}

/// The gradients by a capsule's weights, of all pictures; here a vector is of `count` numbers of the votes.
///
///     out[k, x] = Σₙ input[n, k] · votes[n, x]
package func voteWeightRows(
  pictures: Int, inputLength: Int, count: Int, input: UnsafePointer<Float>, inputStride: Int,
  votes: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>
) {
  forVectors(of: FloatLanes.lanes, from: 0, count: count) { x in
    forProducts(
      FloatLanes.self, rows: inputLength, depth: pictures, input, 1, inputStride, votes + x, count
    ) { k, sum in sum.store(out + k * count + x) }
  } column: { x in
    for k in 0..<inputLength {
      var sum: Float = 0
      for n in 0..<pictures {
        sum = FloatLanes.multiplyAdd(sum, input[n * inputStride + k], votes[n * count + x])
      }
      out[k * count + x] = sum
    }
  }
}

/// The votes of some pictures, one capsule's after the other.
private struct Votes<Lanes: SumVector> where Lanes.Scalar == Float {
  let voters: Int
  let inputLength: Int
  let capsules: Int
  let length: Int
  let input: UnsafePointer<Float>
  let weight: UnsafePointer<Float>
  /// One capsule's, and what they weigh.
  let votes: UnsafeMutablePointer<Float>
  let shares: UnsafeMutablePointer<Float>

  @inline(__always)
  init(
    _ voters: Int, _ inputLength: Int, _ capsules: Int, _ length: Int,
    _ input: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    _ room: UnsafeMutablePointer<Float>
  ) {
    (self.voters, self.inputLength) = (voters, inputLength)
    (self.capsules, self.length) = (capsules, length)
    (self.input, self.weight) = (input, weight)
    (votes, shares) = (room, room + capsules * length * Lanes.lanes)
  }

  @inline(__always) private var count: Int { capsules * length }

  @inline(__always)
  func route(_ poses: UnsafePointer<Float>?, into sums: UnsafeMutablePointer<Float>) {
    let share = Lanes(repeating: 1 / Float(capsules))
    for x in 0..<count * Lanes.lanes { sums[x] = 0 }
    for i in 0..<voters {
      if let poses {
        make(i)
        agree(poses, into: shares)
        softmax(Lanes.lanes, capsules, shares)
        gather(shares, into: sums)
      } else {
        forVotes(i) { x, vote in
          let sum = sums + x * Lanes.lanes
          Lanes.multiplyAdd(.load(sum), vote, share).store(sum)
        }
      }
    }
  }

  @inline(__always)
  func goBack(
    _ poses: UnsafePointer<Float>, _ sumGradient: UnsafePointer<Float>,
    _ shares: UnsafeMutablePointer<Float>, _ stride: Int,
    into poseGradient: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<voters {
      let gradient = shares + i * stride
      let share = gradient + capsules * Lanes.lanes
      make(i)
      agree(poses, into: share)
      softmax(Lanes.lanes, capsules, share)
      agree(sumGradient, into: gradient)
      softmaxGradient(Lanes.lanes, capsules, share, gradient)
      gather(gradient, into: poseGradient)
    }
  }

  @inline(__always)
  private func forVotes(_ i: Int, _ body: (Int, Lanes) -> Void) {
    forProducts(
      Lanes.self, rows: count, depth: inputLength, weight + i * inputLength * count, 1, count,
      input + i * inputLength * Lanes.lanes, Lanes.lanes, body)
  }

  @inline(__always)
  private func make(_ i: Int) {
    forVotes(i) { x, vote in vote.store(votes + x * Lanes.lanes) }
  }

  /// How far votes agree with what they are compared with.
  ///
  ///     out[j] = Σ_d votes[j, d] · poses[j, d]
  @inline(__always)
  private func agree(_ poses: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
    for j in 0..<capsules {
      var sum = Lanes.zero
      for x in j * length..<(j + 1) * length {
        sum = Lanes.multiplyAdd(
          sum, .load(votes + x * Lanes.lanes), .load(poses + x * Lanes.lanes))
      }
      sum.store(out + j * Lanes.lanes)
    }
  }

  /// Adds weighed votes up.
  ///
  ///     sums[j, d] += shares[j] · votes[j, d]
  @inline(__always)
  private func gather(
    _ shares: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) {
    for j in 0..<capsules {
      let share = Lanes.load(shares + j * Lanes.lanes)
      for x in j * length..<(j + 1) * length {
        let sum = sums + x * Lanes.lanes
        Lanes.multiplyAdd(.load(sum), share, .load(votes + x * Lanes.lanes)).store(sum)
      }
    }
  }
}

@inline(__always)
private func spread<Lanes: SumVector>(
  _: Lanes.Type, _ inputLength: Int, _ capsules: Int, _ length: Int, _ terms: Int,
  _ shares: UnsafePointer<Float>, _ vectors: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
  _ votes: UnsafeMutablePointer<Float>, _ input: UnsafeMutablePointer<Float>?
) where Lanes.Scalar == Float {
  let count = capsules * length
  for j in 0..<capsules {
    let own = shares + j * Lanes.lanes
    for x in j * length..<(j + 1) * length {
      var sum = Lanes.load(vectors + x * Lanes.lanes)
      for m in 0..<terms {
        sum = Lanes.multiplyAdd(
          sum, .load(own + m * capsules * Lanes.lanes),
          .load(vectors + ((m + 1) * count + x) * Lanes.lanes))
      }
      sum.store(votes + x * Lanes.lanes)
    }
  }
  guard let input else { return }
  forProducts(
    Lanes.self, rows: inputLength, depth: count, weight, count, 1, votes, Lanes.lanes
  ) { k, sum in sum.store(input + k * Lanes.lanes) }
}

/// Sums of a row of vectors, four of which stay in registers.
///
///     sum[r] = Σₖ a[r · aRow + k · aStep] · b[k],   0 ≤ k < depth
@inline(__always)
private func forProducts<Lanes: SumVector>(
  _: Lanes.Type, rows: Int, depth: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ aStep: Int,
  _ b: UnsafePointer<Float>, _ bStep: Int, _ body: (Int, Lanes) -> Void
) where Lanes.Scalar == Float {
  var r = 0
  while r + 4 <= rows {
    var (s, t, u, v) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for k in 0..<depth {
      let (own, vector) = (a + r * aRow + k * aStep, Lanes.load(b + k * bStep))
      s = Lanes.multiplyAdd(s, Lanes(repeating: own[0]), vector)
      t = Lanes.multiplyAdd(t, Lanes(repeating: own[aRow]), vector)
      u = Lanes.multiplyAdd(u, Lanes(repeating: own[2 * aRow]), vector)
      v = Lanes.multiplyAdd(v, Lanes(repeating: own[3 * aRow]), vector)
    }
    body(r, s)
    body(r + 1, t)
    body(r + 2, u)
    body(r + 3, v)
    r += 4
  }
  while r < rows {
    var sum = Lanes.zero
    for k in 0..<depth {
      sum = Lanes.multiplyAdd(
        sum, Lanes(repeating: a[r * aRow + k * aStep]), .load(b + k * bStep))
    }
    body(r, sum)
    r += 1
  }
}

/// What votes weigh, in place of how far they agree; four pictures at a time.
///
///     c[j] = exp(c[j] − max) / Σₘ exp(c[m] − max)
@inline(__always)
private func softmax(_ lanes: Int, _ capsules: Int, _ c: UnsafeMutablePointer<Float>) {
  var n = 0
  while n < lanes {
    var top = QuarterFloatLanes.load(c + n).vector
    for j in 1..<max(capsules, 1) {
      let other = QuarterFloatLanes.load(c + j * lanes + n).vector
      top = top.replacing(with: other, where: other .> top)
    }
    for j in 0..<capsules {
      let own = c + j * lanes + n
      QuarterFloatLanes(QuarterFloatLanes.load(own).vector - top).store(own)
    }
    n += QuarterFloatLanes.lanes
  }
  for x in 0..<capsules * lanes { c[x] = exponential(c[x]) }
  n = 0
  while n < lanes {
    var sum = QuarterFloatLanes.zero.vector
    for j in 0..<capsules { sum += QuarterFloatLanes.load(c + j * lanes + n).vector }
    let factor = 1 / sum
    for j in 0..<capsules {
      let own = c + j * lanes + n
      QuarterFloatLanes(QuarterFloatLanes.load(own).vector * factor).store(own)
    }
    n += QuarterFloatLanes.lanes
  }
}

/// The gradient by how far votes agree, in place of that by what they weigh; four pictures at a time.
///
///     gradient[j] = c[j] · (gradient[j] − Σₘ c[m] · gradient[m])
@inline(__always)
private func softmaxGradient(
  _ lanes: Int, _ capsules: Int, _ c: UnsafePointer<Float>,
  _ gradient: UnsafeMutablePointer<Float>
) {
  var n = 0
  while n < lanes {
    var mean = QuarterFloatLanes.zero
    for j in 0..<capsules {
      let x = j * lanes + n
      mean = QuarterFloatLanes.multiplyAdd(mean, .load(c + x), .load(gradient + x))
    }
    for j in 0..<capsules {
      let x = j * lanes + n
      let own = QuarterFloatLanes.load(gradient + x).vector - mean.vector
      QuarterFloatLanes(own * QuarterFloatLanes.load(c + x).vector).store(gradient + x)
    }
    n += QuarterFloatLanes.lanes
  }
}
