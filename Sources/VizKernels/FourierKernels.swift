#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The kernels of a convolution as spectra, for the way through frequencies, tile by tile.
package struct FourierKernels: Sendable {
  /// A kernel's transform over a tile, in Float64: natural order, row-major.
  package typealias Spectrum = (real: [Double], imaginary: [Double])

  /// Samples of a tile; powers of two from `shortestSide`.
  package let tileWidth: Int
  package let tileHeight: Int
  /// For each kernel conj(F(k)) / (w·h), as `correlateTile` takes it.
  let spectra: [SampleBuffer]
  let rowTwiddles: SampleBuffer
  let columnTwiddles: SampleBuffer

  package static let shortestSide = 16

  /// Lays out spectra for the kernels of an accumulator, Float or Double.
  package init(
    tileWidth: Int, tileHeight: Int, accumulator: AccumulatorType, spectra: [Spectrum]
  ) {
    for side in [tileWidth, tileHeight] {
      precondition(side >= Self.shortestSide && side & (side - 1) == 0, "a tile side of \(side)")
    }
    precondition([.float, .double].contains(accumulator), "tiles of \(accumulator)")
    self.tileWidth = tileWidth
    self.tileHeight = tileHeight
    func buffer(_ values: [Double]) -> SampleBuffer {
      accumulator == .float ? SampleBuffer(values.map { Float($0) }) : SampleBuffer(values)
    }
    rowTwiddles = buffer(Self.twiddles(length: tileWidth))
    columnTwiddles = buffer(Self.twiddles(length: tileHeight))
    let lanes = Self.lanes(of: accumulator)
    let (rows, columns) = (Self.order(length: tileHeight), Self.order(length: tileWidth))
    let share = 1 / Double(tileWidth * tileHeight)
    self.spectra = spectra.map { spectrum in
      var values = [Double](repeating: 0, count: 2 * tileWidth * tileHeight)
      for (i, v) in rows.enumerated() {
        for (j, u) in columns.enumerated() {
          let place = (i / lanes * tileWidth + j) * 2 * lanes + i % lanes
          values[place] = spectrum.real[v * tileWidth + u] * share
          values[place + lanes] = -spectrum.imaginary[v * tileWidth + u] * share
        }
      }
      return buffer(values)
    }
  }

  /// Numbers of a vector of the tile kernels, which is also how wide a panel is.
  static func lanes(of accumulator: AccumulatorType) -> Int { 32 / accumulator.byteCount }

  /// Which frequency each place has, as the transform leaves them.
  private static func order(length: Int) -> [Int] {
    switch length {
    case 4: return [0, 1, 2, 3]
    case 8: return [0, 2, 4, 6, 1, 3, 5, 7]
    default:
      let quarter = order(length: length / 4)
      return (0..<4).flatMap { k in quarter.map { 4 * $0 + k } }
    }
  }

  /// w, w², w³ for w = exp(−2πi · k / block), every k below a quarter of each block.
  private static func twiddles(length: Int) -> [Double] {
    var values: [Double] = []
    var block = length
    while block > 8 {
      for k in 0..<block / 4 {
        for power in 1...3 {
          let angle = -2 * Double.pi * Double(power * k) / Double(block)
          values += [cos(angle), sin(angle)]
        }
      }
      block /= 4
    }
    return values
  }
}
