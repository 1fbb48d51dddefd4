internal import VizInput

/// What a set of labelled pictures is like, measured on all of them.
public struct DataSummary: Equatable, Sendable {
  public let classNames: [String]
  /// Pictures of each class.
  public let counts: [Int]
  public let sizes: [DataSet.SizeGroup]
  public let channels: Int
  /// For each channel, of the samples of all pictures from 0 to 1.
  public let mean: [Double]
  public let standardDeviation: [Double]

  public init(_ data: DataSet) throws(DatasetError) {
    classNames = data.classNames
    counts = data.classCounts
    sizes = data.sizes
    channels = data.input.channels
    // Whole numbers: sums of bytes and of their squares are exact for 10¹⁴ samples.
    var sums = [Int](repeating: 0, count: channels)
    var squares = sums
    for i in 0..<data.count {
      let pixels = try data.pixels(at: i)
      for c in 0..<channels {
        for sample in pixels.samples[pixels.plane(c)] {
          sums[c] += Int(sample)
          squares[c] += Int(sample) * Int(sample)
        }
      }
    }
    let count = Double(sizes.reduce(0) { $0 + $1.count * $1.size.width * $1.size.height })
    let means = sums.map { Double($0) / count }
    mean = means.map { $0 / 255 }
    standardDeviation = zip(squares, means).map { square, mean in
      max(Double(square) / count - mean * mean, 0).squareRoot() / 255
    }
  }

  /// The smallest and the largest picture, by their pixels.
  public var sizeRange: (smallest: PictureSize, largest: PictureSize) {
    let ordered = sizes.map(\.size).sorted { ($0.pixels, $0.width) < ($1.pixels, $1.width) }
    return (ordered[0], ordered[ordered.count - 1])
  }

  public var count: Int { counts.reduce(0, +) }

  /// The largest class over the smallest of those that have pictures: 1 where all are as large.
  public var imbalance: Double {
    let found = counts.filter { $0 > 0 }
    return Double(found.max() ?? 1) / Double(found.min() ?? 1)
  }

  /// Classes of pictures to learn from that have none to test with.
  public var emptyClassCount: Int { counts.count { $0 == 0 } }
}

extension PictureSize {
  fileprivate var pixels: Int { width * height }
}
