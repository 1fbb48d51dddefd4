/// The mean of numbers, and the sum of their squared distances from it, row by row.
///
///     mean = Σ x / count        squares = Σ (x − mean)²
///
/// Rows are cut into short runs whose sums are made in Float32, each around a centre of its own, and joined in
/// Float64; so numbers are read from memory once.
///
/// - Source: Chan, Golub & LeVeque 1979, Updating formulae and a pairwise algorithm for computing sample variances.
struct Moments {
  private(set) var count = 0.0
  private(set) var mean = 0.0
  private(set) var squares = 0.0

  /// Numbers of a run: 64 in each lane of four vectors.
  static let run = 4096

  var variance: Double { squares / max(count, 1) }

  mutating func add(_ row: UnsafePointer<Float>, count: Int, _ kernels: TensorKernels) {
    for start in stride(from: 0, to: count, by: Self.run) {
      join(row + start, min(Self.run, count - start), kernels)
    }
  }

  private mutating func join(
    _ row: UnsafePointer<Float>, _ length: Int, _ kernels: TensorKernels
  ) {
    let own = Double(length)
    let average = Double(kernels.sumRow(row, length)) / own
    let centre = Float(average)
    let off = average - Double(centre)
    let around = Double(kernels.squaresRow(row, centre, length)) - own * off * off
    let distance = average - mean
    let all = count + own
    squares += max(around, 0) + distance * distance * count * own / all
    mean += distance * own / all
    count = all
  }
}
