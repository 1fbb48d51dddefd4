import Foundation
import Testing
import VizReference
import VizTestSupport

@Suite("A kernel as columns times rows") struct ProductsTests {
  private func bell(_ radius: Int, _ value: (Double, Double) -> Double) -> ReferenceKernel {
    let side = 2 * radius + 1
    return ReferenceKernel(
      width: side, height: side,
      taps: (0..<(side * side)).map {
        value(Double($0 % side - radius), Double($0 / side - radius))
      })
  }

  private func gaussian(_ radius: Int) -> ReferenceKernel {
    let sigma = Double(radius) / 3
    return bell(radius) { x, y in exp(-(x * x + y * y) / (2 * sigma * sigma)) / (6.3 * sigma) }
  }

  /// The definition, from one place in the picture to one sum.
  private func direct(
    _ plane: ReferencePlane, _ kernel: ReferenceKernel, _ edge: ReferenceEdge, _ x: Int, _ y: Int
  ) -> Double {
    var sum = 0.0
    for i in 0..<kernel.height {
      for j in 0..<kernel.width {
        guard let row = edge.index(y + i - kernel.anchorY, count: plane.height),
          let column = edge.index(x + j - kernel.anchorX, count: plane.width)
        else { continue }
        sum += kernel[j, i] * plane[column, row]
      }
    }
    return sum
  }

  @Test("a Gaussian is one, its Laplacian two, noise is none") func counts() throws {
    #expect(gaussian(12).products()?.count == 1)
    let laplacian = bell(12) { x, y in (x * x + y * y - 32) * exp(-(x * x + y * y) / 32) }
    #expect(laplacian.products()?.count == 2)
    var generator = SplitMix64(seed: 5)
    #expect(
      ReferenceKernel.random(width: 25, height: 25, reach: 9, using: &generator).products() == nil)
    #expect(gaussian(1).products() == nil, "nine taps are fewer than two passes take")
  }

  @Test("whole taps come from whole products, to the last one") func keepsWholeTaps() throws {
    let binomial = ReferenceKernel(
      row: [1, 8, 28, 56, 70, 56, 28, 8, 1], column: [1, 8, 28, 56, 70, 56, 28, 8, 1])
    for scale in [1, 0x1p-16, 3] {
      let kernel = binomial.scaled(by: scale)
      let product = try #require(kernel.products()).first
      let parts = try #require(product)
      #expect(ReferenceKernel(row: parts.row, column: parts.column) == kernel)
      #expect((parts.row + parts.column.map { $0 / scale }).allSatisfy { $0 == $0.rounded() })
    }
  }

  @Test("gives the sums of the definition under every edge mode") func sums() throws {
    var generator = SplitMix64(seed: 6)
    let plane = OraclePicture<UInt8>.noise(width: 31, height: 23, using: &generator).plane()
    let ones = ReferenceKernel(
      width: 17, height: 13, taps: .init(repeating: 1, count: 221), anchorX: 3, anchorY: 12)
    for kernel in [gaussian(9), ones] {
      try #require(kernel.products() != nil)
      for edge in [ReferenceEdge.extend, .pad(0), .mirror, .reflect101, .wrap] {
        let sums = try plane.correlated(with: kernel, edge: edge)
        for (x, y) in [(0, 0), (30, 22), (15, 11), (0, 22), (7, 1)] {
          let expected = direct(plane, kernel, edge, x, y)
          // Float64 rounds each of the 361 products.
          #expect(abs(sums[x, y] - expected) <= 361 * 0x1p-52 * abs(expected), "\(edge) \(x),\(y)")
          if kernel == ones { #expect(sums[x, y] == expected) }
        }
      }
      let used = try plane.correlated(with: kernel, edge: .renormalize)
      let flat = ReferencePlane(width: 31, height: 23, values: .init(repeating: 1, count: 713))
      let corner =
        direct(plane, kernel, .pad(0), 0, 0) * kernel.sum / direct(flat, kernel, .pad(0), 0, 0)
      #expect(abs(used[0, 0] - corner) <= 1e-12 * corner)
    }
  }

  @Test("a number that is none stays where it is") func keepsNaN() throws {
    var values = [Double](repeating: 1, count: 900)
    values[0] = .nan
    let kernel = ReferenceKernel(
      width: 13, height: 13, taps: .init(repeating: 1, count: 169))
    let sums = try ReferencePlane(width: 30, height: 30, values: values)
      .correlated(with: kernel, edge: .extend)
    #expect(sums[0, 0].isNaN && sums[7, 7] == 169)
  }

  @Test("the median equals the middle of the sorted window", arguments: [1, 3, 7, 11])
  func median(_ size: Int) throws {
    var generator = SplitMix64(seed: 8)
    let plane = OraclePicture<Float>.noise(width: 13, height: 9, using: &generator).plane()
    for edge in [ReferenceEdge.extend, .pad(0.25), .mirror, .reflect101, .wrap] {
      let medians = try plane.median(size: size, edge: edge)
      for y in 0..<9 {
        for x in 0..<13 {
          let window = (0..<(size * size)).map { i in
            guard let row = edge.index(y + i / size - size / 2, count: 9),
              let column = edge.index(x + i % size - size / 2, count: 13)
            else { return 0.25 }
            return plane[column, row]
          }
          #expect(medians[x, y] == window.sorted()[size * size / 2], "\(edge) \(x),\(y)")
        }
      }
    }
  }
}
