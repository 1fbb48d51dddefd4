internal import VizKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How strong each spatial frequency is in a plane, with frequency zero in the centre.
///
///     magnitude[v, u] = |Σ plane[x, y] · window[x, y] · exp(−2πi · (u′·x / W + v′·y / H))|
///
/// with u′ = u − W/2, v′ = v − H/2: slow changes lie in the middle, fine detail towards the rim; a
/// stripe pattern is a pair of dots, on a line across its stripes.
public struct Spectrum: Sendable {
  /// What becomes of the borders before the transform.
  public enum Window: String, Sendable, CaseIterable {
    /// Faded out by half a cosine wave, so that no border is seen as an edge.
    case hann
    /// As they are. The transform takes the picture for periodic: where the left border does not fit
    /// the right one, or the top the bottom, a bright cross through the centre shows the jump.
    case none
  }

  public let width: Int
  public let height: Int
  /// Columns u′ = 0 … W/2 of all rows v′ = 0 … H − 1: real samples mirror the rest.
  private let half: [Float]

  /// Pixels of the largest plane that is transformed.
  public static let maximumPixels = 64_000_000

  /// The spectrum of a plane, on so many threads; the result is the same for any number.
  ///
  /// - Throws: `ImageError.tooLarge` above `maximumPixels`: the transform needs all of it in memory.
  public init(
    of plane: Plane, window: Window = .hann, jobs: Int? = nil
  ) throws(ImageError) {
    try ImageLimits(maximumPixels: Self.maximumPixels).check(
      width: plane.width, height: plane.height)
    let execution = Execution(jobs: jobs ?? Engine.processorCount)
    (width, height) = (plane.width, plane.height)
    let rows = RowTransforms(plane, window: window, execution: execution)
    half = rows.columnMagnitudes(execution: execution)
  }

  /// Row-major, frequency zero at `(width / 2, height / 2)`.
  ///
  /// What is smaller than the rounding of the transform counts as 0.
  public var magnitudes: [Float] { mirrored(half) }

  /// `ln(1 + magnitude)`, which brings faint and strong frequencies into one picture.
  public var logMagnitudes: [Float] { mirrored(half.map { log1p($0) }) }

  private func mirrored(_ half: [Float]) -> [Float] {
    let bins = width / 2 + 1
    var full: [Float] = []
    full.reserveCapacity(width * height)
    for v in 0..<height {
      let row = (v - height / 2 + height) % height
      let opposite = (height - row) % height
      for u in 0..<width {
        let column = abs(u - width / 2)
        full.append(half[(u < width / 2 ? opposite : row) * bins + column])
      }
    }
    return full
  }
}

/// The first halves of the transforms of all rows, with what they need for the columns.
private struct RowTransforms {
  let bins: Int
  let height: Int
  /// `bins` complex numbers a row, real and imaginary parts.
  let storage: SampleBuffer
  /// What rounding may add to a magnitude.
  let noise: Float

  init(_ plane: Plane, window: Spectrum.Window, execution: Execution) {
    let (width, height, bins) = (plane.width, plane.height, plane.width / 2 + 1)
    (self.bins, self.height) = (bins, height)
    let transform = FourierTransform(count: width)
    let (across, down) = (window.weights(count: width), window.weights(count: height))
    let storage = SampleBuffer(byteCount: bins * height * MemoryLayout<SIMD2<Float>>.stride)
    let energies = SampleBuffer(byteCount: height * MemoryLayout<Double>.stride)
    let numbers = unsafe storage.bytes.bindMemory(to: SIMD2<Float>.self, capacity: bins * height)
    let sums = unsafe energies.bytes.bindMemory(to: Double.self, capacity: height)
    nonisolated(unsafe) let target = unsafe numbers
    nonisolated(unsafe) let energy = unsafe sums
    ThreadPool.run(count: (height + 1) / 2, jobs: execution.jobs) { pair in
      let rows = [2 * pair, 2 * pair + 1].map { y in
        y < height
          ? (0..<width).map { Double(plane[$0, y]) * across[$0] * down[y] }
          : [Double](repeating: 0, count: width)
      }
      let halves = transform.halves(rows[0], rows[1])
      for (i, half) in [halves.a, halves.b].enumerated() where 2 * pair + i < height {
        let y = 2 * pair + i
        for u in 0..<bins {
          unsafe target[y * bins + u] = SIMD2(Float(half[u].real), Float(half[u].imaginary))
        }
        unsafe energy[y] = rows[i].reduce(0) { $0 + $1 * $1 }
      }
    }
    self.storage = storage
    let total = (0..<height).reduce(0.0) { unsafe $0 + sums[$1] }
    noise = Float(0x1p-24 * log2(Double(width) * Double(height)) * total.squareRoot())
  }

  /// Row after row of `bins` magnitudes.
  ///
  /// Columns are transformed by as many as fill a line of cache.
  func columnMagnitudes(execution: Execution) -> [Float] {
    let transform = FourierTransform(count: height)
    let result = SampleBuffer(byteCount: bins * height * MemoryLayout<Float>.stride)
    let magnitudes = unsafe result.bytes.bindMemory(to: Float.self, capacity: bins * height)
    nonisolated(unsafe) let target = unsafe magnitudes
    let side = 8
    ThreadPool.run(count: (bins + side - 1) / side, jobs: execution.jobs) { block in
      let source = unsafe storage.bytes.assumingMemoryBound(to: SIMD2<Float>.self)
      let columns = (block * side)..<min(bins, (block + 1) * side)
      var sequences = columns.map { _ in [Complex](repeating: Complex(0), count: height) }
      for y in 0..<height {
        for (i, u) in columns.enumerated() {
          let number = unsafe source[y * bins + u]
          sequences[i][y] = Complex(Double(number.x), Double(number.y))
        }
      }
      for i in sequences.indices { transform.transform(&sequences[i]) }
      for v in 0..<height {
        for (i, u) in columns.enumerated() {
          let number = sequences[i][v]
          let size = Float(hypot(number.real, number.imaginary))
          unsafe target[v * bins + u] = size > noise ? size : 0
        }
      }
    }
    return result.elements(of: Float.self, count: bins * height)
  }
}

extension Spectrum.Window {
  fileprivate func weights(count: Int) -> [Double] {
    switch self {
    case .none: [Double](repeating: 1, count: count)
    case .hann:
      (0..<count).map {
        0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(count))
      }
    }
  }
}
