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
    outputs: Int, channels: Int, jobs: Int
  ) {
    (self.tile, self.outputs, self.channels) = (tile, outputs, channels)
    let places = (tile + 2) * (tile + 2)
    products = PixelWeights(groups: places, outputs: outputs, depth: channels) { numbers in
      nonisolated(unsafe) let weight = weight
      let kernels = max(Self.lanes, Self.perTask / max(channels, 1) / Self.lanes * Self.lanes)
      ThreadPool.runPieces(of: outputs, size: kernels, jobs: jobs) { some in
        Self.transform(weight, scale, some, channels: channels, tile: tile, into: numbers)
      }
    }
    self.bias = (0..<PixelLayout.wholeVectors(outputs)).map { $0 < outputs ? bias?[$0] ?? 0 : 0 }
  }

  /// Kernels of some outputs side by side, for one channel after the other.
  private static func transform(
    _ weight: UnsafePointer<Float>, _ scale: [Float]?, _ outputs: Range<Int>, channels: Int,
    tile: Int, into numbers: PixelWeights.Places
  ) {
    withRoom(tile) { room in
      for first in stride(from: outputs.lowerBound, to: outputs.upperBound, by: lanes) {
        let count = min(lanes, outputs.upperBound - first)
        for c in 0..<channels {
          for o in 0..<count {
            let kernel = weight + ((first + o) * channels + c) * 9
            let factor = scale?[first + o] ?? 1
            for tap in 0..<9 { room[tap * lanes + o] = Double(kernel[tap] * factor) }
          }
          let products = transform(room, tile: tile)
          for place in 0..<(tile + 2) * (tile + 2) {
            let out = numbers.place(group: place, row: first, depth: c)
            for o in 0..<count { out[o] = Float(products[place * lanes + o]) }
          }
        }
      }
    }
  }

  /// What place ξ of a tile takes of every tap: (G · e · Gᵀ)[ξ], where e is 1 at the tap.
  static func products(tile: Int) -> [[Float]] {
    let places = (tile + 2) * (tile + 2)
    var products = [[Float]](repeating: [Float](repeating: 0, count: 9), count: places)
    withRoom(tile) { room in
      for tap in 0..<9 {
        for i in 0..<9 * lanes { room[i] = i / lanes == tap ? 1 : 0 }
        let column = transform(room, tile: tile)
        for place in 0..<places { products[place][tap] = Float(column[place * lanes]) }
      }
    }
    return products
  }

  /// Kernels that are transformed side by side: half of a panel's, so that they lie in one.
  private static let lanes = 8
  /// Kernels that a thread transforms at a time, of whole lanes of outputs.
  private static let perTask = 1 << 9
  private typealias Lanes = SIMD8<Double>

  /// Zeros, as many as nine taps, their products with G from one side, and those from both.
  private static func withRoom(_ tile: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    let size = tile + 2
    let count = (9 + 3 * size + size * size) * lanes
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { room in
      room.initialize(repeating: 0)
      if let start = room.baseAddress { body(start) }
    }
  }

  /// G · g · Gᵀ of the taps at the start of `room`; returns where in it they are.
  private static func transform(
    _ room: UnsafeMutablePointer<Double>, tile: Int
  ) -> UnsafePointer<Double> {
    let size = tile + 2
    let halves = room + 9 * lanes
    let products = halves + 3 * size * lanes
    for row in 0..<3 {
      line(tile, room + 3 * row * lanes, into: halves + row * lanes, stride: 3 * lanes)
    }
    for j in 0..<size {
      line(tile, halves + 3 * j * lanes, into: products + j * lanes, stride: size * lanes)
    }
    return UnsafePointer(products)
  }

  /// G · g for three numbers.
  @inline(__always)
  private static func line(
    _ tile: Int, _ g: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, stride: Int
  ) {
    func store(_ value: Lanes, _ i: Int) {
      UnsafeMutableRawPointer(out + i * stride).storeBytes(of: value, as: Lanes.self)
    }
    func load(_ i: Int) -> Lanes {
      UnsafeRawPointer(g + i * lanes).loadUnaligned(as: Lanes.self)
    }
    let (g0, g1, g2) = (load(0), load(1), load(2))
    let ends = g0 + g2
    if tile == 2 {
      store(g0, 0)
      store((ends + g1) / 2, 1)
      store((ends - g1) / 2, 2)
    } else {
      let far = g0 / 24 + g2 / 6
      store(g0 / 4, 0)
      store((ends + g1) / -6, 1)
      store((ends - g1) / -6, 2)
      store(far + g1 / 12, 3)
      store(far - g1 / 12, 4)
    }
    store(g2, tile + 1)
  }
}
