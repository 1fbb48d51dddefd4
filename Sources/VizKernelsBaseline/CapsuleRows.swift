// What routing between capsules consists of. A capsule i votes for each capsule j of the next layer with a vector;
// its votes lie one behind the other, `[J, D]`, and those of the next capsule `stride` numbers further.

/// How far votes agree with what they are compared with.
///
///     out[i, j] = Σ_d votes[i, j, d] · pose[j, d]   (+ out[i, j])
package func agreeRows(
  rows: Int, capsules: Int, length: Int, votes: UnsafePointer<Float>, stride: Int,
  pose: UnsafePointer<Float>, isAdded: Bool, out: UnsafeMutablePointer<Float>
) {
  let whole = length / FloatLanes.lanes * FloatLanes.lanes
  for i in 0..<rows {
    for j in 0..<capsules {
      let (vote, target) = (votes + i * stride + j * length, pose + j * length)
      var sums = FloatLanes.zero
      var d = 0
      while d < whole {
        sums = FloatLanes.multiplyAdd(sums, .load(vote + d), .load(target + d))
        d += FloatLanes.lanes
      }
      var sum = sums.total
      while d < length {
        sum = FloatLanes.multiplyAdd(sum, vote[d], target[d])
        d += 1
      }
      out[i * capsules + j] = isAdded ? out[i * capsules + j] + sum : sum
    }
  }
}

/// Votes, weighed and added up.
///
///     out[j, d] = Σᵢ weights[i, j] · votes[i, j, d]
package func gatherRows(
  rows: Int, capsules: Int, length: Int, votes: UnsafePointer<Float>, stride: Int,
  weights: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>
) {
  for d in 0..<capsules * length { out[d] = 0 }
  for i in 0..<rows {
    for j in 0..<capsules {
      let (vote, sum) = (votes + i * stride + j * length, out + j * length)
      let weight = weights[i * capsules + j]
      let lanes = FloatLanes(repeating: weight)
      var d = 0
      while d + FloatLanes.lanes <= length {
        FloatLanes.multiplyAdd(.load(sum + d), lanes, .load(vote + d)).store(sum + d)
        d += FloatLanes.lanes
      }
      while d < length {
        sum[d] = FloatLanes.multiplyAdd(sum[d], weight, vote[d])
        d += 1
      }
    }
  }
}

/// Vectors, weighed and handed to every vote, which is how gradients go back.
///
///     out[i, j, d] = Σ_m weights[m, i, j] · poses[m, j, d],   0 ≤ m < terms
package func spreadRows(
  rows: Int, capsules: Int, length: Int, terms: Int, weights: UnsafePointer<Float>,
  poses: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, stride: Int
) {
  for i in 0..<rows {
    for j in 0..<capsules {
      let (weight, pose) = (weights + i * capsules + j, poses + j * length)
      let target = out + i * stride + j * length
      var d = 0
      while d + FloatLanes.lanes <= length {
        var sums = FloatLanes.zero
        for m in 0..<terms {
          sums = FloatLanes.multiplyAdd(
            sums, FloatLanes(repeating: weight[m * rows * capsules]),
            .load(pose + m * capsules * length + d))
        }
        sums.store(target + d)
        d += FloatLanes.lanes
      }
      while d < length {
        var sum: Float = 0
        for m in 0..<terms {
          sum = FloatLanes.multiplyAdd(
            sum, weight[m * rows * capsules], pose[m * capsules * length + d])
        }
        target[d] = sum
        d += 1
      }
    }
  }
}
