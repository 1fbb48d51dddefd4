// Products of whole rows, which a fully connected layer consists of:
//
//     out[s, o] = clamp(bias[o] + Σₖ input[s, k] · weight[o, k])
//
// Both matrices are read as they lie in memory, row by row: weights that are used once are not worth
// packing. k is walked in vectors whose lanes are added at the end.

#if VIZ_AVX512
  private typealias Lanes = FloatLanes
#else
  private typealias Lanes = SingleFloatLanes
#endif

/// How many inputs a call of `dotRows` takes at most.
#if VIZ_AVX512 || arch(arm64)
  package var dotInputs: Int { 5 }
#else
  package var dotInputs: Int { 2 }
#endif

/// Multiplies every one of `outputs` rows of weights with up to `dotInputs` inputs.
///
/// Rows of weights and of inputs follow each other after `weightStride` and `inputStride` numbers.
/// Without `bias` sums start with 0.
package func dotRows(
  inputs: Int, outputs: Int, depth: Int, input: UnsafePointer<Float>, inputStride: Int,
  weight: UnsafePointer<Float>, weightStride: Int, bias: UnsafePointer<Float>?, lower: Float,
  upper: Float, out: UnsafeMutablePointer<Float>, outStride: Int
) {
  let rows = Rows(
    depth: depth, input: input, inputStride: inputStride, weight: weight,
    weightStride: weightStride, bias: bias, lower: lower, upper: upper, out: out,
    outStride: outStride)
  var o = 0
  while o + 4 <= outputs {
    switch inputs {
    case 1: rows.multiply(InlineArray<4, Lanes>.self, InlineArray<4, Lanes>.self, 1, o)
    case 2: rows.multiply(InlineArray<8, Lanes>.self, InlineArray<4, Lanes>.self, 2, o)
    #if VIZ_AVX512 || arch(arm64)
      case 3: rows.multiply(InlineArray<12, Lanes>.self, InlineArray<4, Lanes>.self, 3, o)
      case 4: rows.multiply(InlineArray<16, Lanes>.self, InlineArray<4, Lanes>.self, 4, o)
      default: rows.multiply(InlineArray<20, Lanes>.self, InlineArray<4, Lanes>.self, 5, o)
    #else
      default: break
    #endif
    }
    o += 4
  }
  while o < outputs {
    for s in 0..<inputs {
      rows.at(s).multiply(InlineArray<1, Lanes>.self, InlineArray<1, Lanes>.self, 1, o)
    }
    o += 1
  }
}

private struct Rows {
  let depth: Int
  var input: UnsafePointer<Float>
  let inputStride: Int
  let weight: UnsafePointer<Float>
  let weightStride: Int
  let bias: UnsafePointer<Float>?
  let lower: Float
  let upper: Float
  var out: UnsafeMutablePointer<Float>
  let outStride: Int

  /// The same from input `s` on.
  @inline(__always)
  func at(_ s: Int) -> Rows {
    var rows = self
    rows.input += s * inputStride
    rows.out += s * outStride
    return rows
  }

  /// `inputs` inputs with `m` rows of weights from `o` on; n = inputs · m.
  @inline(__always)
  func multiply<let n: Int, let m: Int>(
    _: InlineArray<n, Lanes>.Type, _: InlineArray<m, Lanes>.Type, _ inputs: Int, _ o: Int
  ) {
    var sums = InlineArray<n, Lanes>(repeating: .zero)
    let weight = weight + o * weightStride
    var k = 0
    while k + Lanes.lanes <= depth {
      var weights = InlineArray<m, Lanes>(repeating: .zero)
      for i in 0..<m { weights[i] = .load(weight + i * weightStride + k) }
      for s in 0..<inputs {
        let values = Lanes.load(input + s * inputStride + k)
        for i in 0..<m {
          sums[s * m + i] = Lanes.multiplyAdd(sums[s * m + i], values, weights[i])
        }
      }
      k += Lanes.lanes
    }
    for s in 0..<inputs {
      for i in 0..<m {
        var sum = sums[s * m + i].total
        for k in k..<depth {
          sum = Lanes.multiplyAdd(
            sum, input[s * inputStride + k], weight[i * weightStride + k])
        }
        if let bias { sum += bias[o + i] }
        if sum < lower { sum = lower }
        if sum > upper { sum = upper }
        out[s * outStride + o + i] = sum
      }
    }
  }
}
