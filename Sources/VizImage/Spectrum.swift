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
  /// Row-major.
  public let magnitudes: [Float]

  /// - Parameter jobs: threads; the result is the same for any number.
  public init(of plane: Plane, window: Window = .hann, jobs: Int? = nil) {
    self.init(of: plane, window: window, execution: Execution(jobs: jobs ?? Engine.processorCount))
  }

  init(of plane: Plane, window: Window, execution: Execution) {
    (width, height) = (plane.width, plane.height)
    // Real samples have mirrored spectra: half of the columns say everything.
    let bins = width / 2 + 1
    let rows = Self.rowTransforms(plane, window: window, bins: bins, execution: execution)
    let half = Self.columnMagnitudes(rows, bins: bins, height: height, execution: execution)
    var magnitudes = [Float](repeating: 0, count: width * height)
    for v in 0..<height {
      let row = (v - height / 2 + height) % height
      for u in 0..<width {
        let column = (u - width / 2 + width) % width
        magnitudes[v * width + u] =
          column < bins
          ? half[column * height + row]
          : half[(width - column) * height + (height - row) % height]
      }
    }
    self.magnitudes = magnitudes
  }

  /// `ln(1 + magnitude)`, which brings faint and strong frequencies into one picture.
  public var logMagnitudes: [Float] { magnitudes.map { Float(log1p(Double($0))) } }

  /// The first half of each row's transform: `bins` real and then `bins` imaginary parts a row.
  private static func rowTransforms(
    _ plane: Plane, window: Window, bins: Int, execution: Execution
  ) -> SampleBuffer {
    let (width, height) = (plane.width, plane.height)
    let transform = FourierTransform(count: width)
    let (across, down) = (weights(window, count: width), weights(window, count: height))
    let result = SampleBuffer(byteCount: 2 * bins * height * MemoryLayout<Double>.stride)
    ThreadPool.run(count: height, jobs: execution.jobs) { y in
      let real = (0..<width).map { plane[$0, y] * across[$0] * down[y] }
      var row = ComplexSequence(real: real, imaginary: [Double](repeating: 0, count: width))
      transform.transform(&row)
      let target = unsafe (result.bytes + 2 * bins * y * MemoryLayout<Double>.stride)
        .assumingMemoryBound(to: Double.self)
      for u in 0..<bins {
        unsafe target[u] = row.real[u]
        unsafe target[bins + u] = row.imaginary[u]
      }
    }
    return result
  }

  /// Column after column, each of `height` magnitudes.
  private static func columnMagnitudes(
    _ rows: SampleBuffer, bins: Int, height: Int, execution: Execution
  ) -> [Float] {
    let transform = FourierTransform(count: height)
    let result = SampleBuffer(byteCount: bins * height * MemoryLayout<Float>.stride)
    ThreadPool.run(count: bins, jobs: execution.jobs) { u in
      let source = unsafe rows.bytes.assumingMemoryBound(to: Double.self)
      var column = ComplexSequence(count: height)
      for y in 0..<height {
        column.real[y] = unsafe source[2 * bins * y + u]
        column.imaginary[y] = unsafe source[2 * bins * y + bins + u]
      }
      transform.transform(&column)
      let target = unsafe (result.bytes + u * height * MemoryLayout<Float>.stride)
        .assumingMemoryBound(to: Float.self)
      for v in 0..<height {
        unsafe target[v] = Float(hypot(column.real[v], column.imaginary[v]))
      }
    }
    return result.elements(of: Float.self, count: bins * height)
  }

  private static func weights(_ window: Window, count: Int) -> [Double] {
    switch window {
    case .none: [Double](repeating: 1, count: count)
    case .hann:
      (0..<count).map { 0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(count)) }
    }
  }
}
