import Testing
import VizReference

@Suite("OracleExpectation") struct OracleExpectationTests {
  private func expectation(
    _ source: ReferenceSampleType, _ target: ReferenceSampleType, side: Int, tap: Double,
    scale: Double = 1, offset: Double = 0, edge: ReferenceEdge = .extend
  ) -> OracleExpectation {
    OpenCVOracle.expectation(
      from: source, to: target,
      kernel: ReferenceKernel(
        width: side, height: side, taps: .init(repeating: tap, count: side * side)),
      scale: scale, offset: offset, edge: edge)
  }

  @Test("whole and dyadic kernels are exact while OpenCV adds directly") func exact() {
    #expect(expectation(.uint8, .uint8, side: 11, tap: 1) == .exact)
    #expect(expectation(.uint8, .uint8, side: 3, tap: 1, scale: 1.0 / 16, offset: 0.5) == .exact)
    #expect(expectation(.uint8, .float, side: 7, tap: 1) == .exact)
    #expect(expectation(.uint16, .uint16, side: 3, tap: 28) == .exact)
  }

  @Test("2²⁴, the Fourier transform and fractions end it") func within() {
    for inexact in [
      expectation(.uint8, .uint8, side: 12, tap: 1), expectation(.uint8, .float, side: 8, tap: 1),
      expectation(.uint16, .uint16, side: 3, tap: 29),
      expectation(.uint8, .uint8, side: 3, tap: 0.1),
      expectation(.uint8, .uint8, side: 3, tap: 1, scale: 1.0 / 9),
      expectation(.float, .float, side: 3, tap: 1),
    ] {
      guard case .within(let error) = inexact else {
        Issue.record("\(inexact)")
        continue
      }
      #expect(error > 0 && error < 16)
    }
  }

  @Test("what OpenCV lacks is unavailable, with the reason") func unavailable() {
    #expect(
      expectation(.uint16, .uint8, side: 3, tap: 1)
        == .unavailable("no filter from uint16 to uint8"))
    #expect(
      expectation(.uint8, .uint8, side: 3, tap: 1, edge: .renormalize)
        == .unavailable("no filter knows the edge mode renormalize"))
    #expect(
      expectation(.uint8, .uint8, side: 3, tap: 1, edge: .pad(300))
        == .unavailable("300.0 is no uint8 sample"))
    #expect(
      expectation(.uint8, .uint8, side: 3, tap: 1e30)
        != expectation(.uint8, .uint8, side: 3, tap: 1))
  }

  @Test("a sample is accepted as far as the error reaches over a tie") func acceptance() {
    #expect(OracleExpectation.exact.accepts(2, exact: 2.5, as: .uint8))
    #expect(!OracleExpectation.exact.accepts(3, exact: 2.5, as: .uint8))
    let near = OracleExpectation.within(0.001)
    #expect(
      near.accepts(3, exact: 2.4995, as: .uint8) && near.accepts(2, exact: 2.4995, as: .uint8))
    #expect(!near.accepts(3, exact: 2.498, as: .uint8))
    #expect(near.accepts(2.4985, exact: 2.498, as: .float))
    #expect(!OracleExpectation.unavailable("").accepts(2, exact: 2, as: .uint8))
  }
}
