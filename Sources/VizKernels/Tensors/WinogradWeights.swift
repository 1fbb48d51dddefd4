/// Kernels of 3×3 taps as `WinogradConvolution` multiplies with them.
///
///     U[ξ, o, c] = (G · weight[o, c] · Gᵀ)[ξ]
struct WinogradWeights: Sendable {
  /// Outputs of a tile along each side: 2 or 4.
  let tile: Int
  let outputs: Int
  let channels: Int
  /// A group for each of the (tile + 2)² places of a tile.
  let products: PixelWeights
  /// One for each output, and zeros up to whole vectors.
  let bias: [Float]

  /// Transforms `weight` `[outputs, channels, 3, 3]`, times a number for each output; nil for no bias and for
  /// factors of 1.
  init(
    tile: Int, weight: UnsafePointer<Float>, scale: [Float]? = nil, bias: UnsafePointer<Float>?,
    outputs: Int, channels: Int
  ) {
    (self.tile, self.outputs, self.channels) = (tile, outputs, channels)
    let places = (tile + 2) * (tile + 2)
    products = PixelWeights(groups: places, outputs: outputs, depth: channels) { numbers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: places) { square in
        guard let square = square.baseAddress else { return }
        for o in 0..<outputs {
          let factor = scale?[o] ?? 1
          for c in 0..<channels {
            let kernel = weight + (o * channels + c) * 9
            Self.transform(kernel, times: factor, tile: tile, into: square)
            for i in 0..<places { numbers.set(Float(square[i]), group: i, row: o, depth: c) }
          }
        }
      }
    }
    self.bias = (0..<PixelLayout.wholeVectors(outputs)).map { $0 < outputs ? bias?[$0] ?? 0 : 0 }
  }

  /// What place ξ of a tile takes of every tap: (G · e · Gᵀ)[ξ], where e is 1 at the tap.
  static func products(tile: Int) -> [[Float]] {
    let places = (tile + 2) * (tile + 2)
    var products = [[Float]](repeating: [Float](repeating: 0, count: 9), count: places)
    for tap in 0..<9 {
      let kernel = (0..<9).map { Float($0 == tap ? 1 : 0) }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: places) { square in
        guard let square = square.baseAddress else { return }
        transform(kernel, times: 1, tile: tile, into: square)
        for place in 0..<places { products[place][tap] = Float(square[place]) }
      }
    }
    return products
  }

  /// G · factor · g · Gᵀ.
  private static func transform(
    _ g: UnsafePointer<Float>, times factor: Float, tile: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    let size = tile + 2
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * size) { rows in
      guard let rows = rows.baseAddress else { return }
      for ky in 0..<3 {
        let g = g + 3 * ky
        line(
          tile, Double(g[0] * factor), Double(g[1] * factor), Double(g[2] * factor),
          into: rows + ky, stride: 3)
      }
      for j in 0..<size {
        let r = rows + 3 * j
        line(tile, r[0], r[1], r[2], into: out + j, stride: size)
      }
    }
  }

  /// G · g for three numbers.
  @inline(__always)
  private static func line(
    _ tile: Int, _ g0: Double, _ g1: Double, _ g2: Double, into out: UnsafeMutablePointer<Double>,
    stride: Int
  ) {
    let ends = g0 + g2
    out[0] = g0
    if tile == 2 {
      out[stride] = (ends + g1) / 2
      out[2 * stride] = (ends - g1) / 2
    } else {
      let far = g0 / 24 + g2 / 6
      out[0] = g0 / 4
      out[stride] = (ends + g1) / -6
      out[2 * stride] = (ends - g1) / -6
      out[3 * stride] = far + g1 / 12
      out[4 * stride] = far - g1 / 12
    }
    out[(tile + 1) * stride] = g2
  }
}
