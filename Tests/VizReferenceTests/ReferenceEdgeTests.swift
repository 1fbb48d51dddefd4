import Testing
import VizReference

@Suite("ReferenceEdge") struct ReferenceEdgeTests {
  /// Indices −4 … n + 3 of a row, nil written as −1.
  private func indices(_ edge: ReferenceEdge, count: Int) -> [Int] {
    (-4..<(count + 4)).map { edge.index($0, count: count) ?? -1 }
  }

  @Test("every mode looks up a row of eight as its diagram says") func rowOfEight() {
    let inside = [0, 1, 2, 3, 4, 5, 6, 7]
    #expect(indices(.extend, count: 8) == [0, 0, 0, 0] + inside + [7, 7, 7, 7])
    #expect(indices(.mirror, count: 8) == [3, 2, 1, 0] + inside + [7, 6, 5, 4])
    #expect(indices(.reflect101, count: 8) == [4, 3, 2, 1] + inside + [6, 5, 4, 3])
    #expect(indices(.wrap, count: 8) == [4, 5, 6, 7] + inside + [0, 1, 2, 3])
    for edge in [ReferenceEdge.pad(0), .crop, .renormalize] {
      #expect(indices(edge, count: 8) == [-1, -1, -1, -1] + inside + [-1, -1, -1, -1], "\(edge)")
    }
  }

  @Test("a reach longer than the row bounces more than once") func smallRows() {
    #expect(indices(.mirror, count: 2) == [0, 1, 1, 0, 0, 1, 1, 0, 0, 1])
    #expect(indices(.reflect101, count: 2) == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    #expect(indices(.wrap, count: 2) == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    #expect(indices(.reflect101, count: 3) == [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2])
    #expect(indices(.mirror, count: 3) == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0])
    #expect(indices(.wrap, count: 3) == [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
  }

  @Test("a row of one sample is that sample everywhere") func rowOfOne() {
    for edge in [ReferenceEdge.extend, .mirror, .reflect101, .wrap] {
      #expect(indices(edge, count: 1) == [Int](repeating: 0, count: 9), "\(edge)")
    }
  }

  @Test("a mode is written as on the command line") func names() {
    #expect(
      ReferenceEdge.all.map(\.description) == [
        "extend", "pad", "crop", "mirror", "reflect101", "wrap", "renormalize",
      ])
    #expect(ReferenceEdge.pad(12.5).description == "pad:12.5")
  }
}
