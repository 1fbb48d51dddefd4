import Foundation
import Testing
import VizImage
import VizTestSupport

@Suite("FourierTransform")
struct FourierTransformTests {
  /// The definition, term by term, in Float64.
  private func naive(_ x: [Complex]) -> [(real: Double, imaginary: Double)] {
    (0..<x.count).map { k in
      var (real, imaginary) = (0.0, 0.0)
      for n in 0..<x.count {
        let angle = -2 * Double.pi * Double(k * n % x.count) / Double(x.count)
        let (a, b) = (Double(x[n].real), Double(x[n].imaginary))
        real += a * cos(angle) - b * sin(angle)
        imaginary += a * sin(angle) + b * cos(angle)
      }
      return (real, imaginary)
    }
  }

  private func random(_ count: Int, _ generator: inout SplitMix64) -> [Complex] {
    (0..<count).map { _ in
      Complex(
        .random(in: -255...255, using: &generator), .random(in: -255...255, using: &generator))
    }
  }

  private func energy(_ x: [Complex]) -> Double {
    x.reduce(0) {
      $0 + Double($1.real) * Double($1.real) + Double($1.imaginary) * Double($1.imaginary)
    }
  }

  /// 2⁻²⁴ for each of log₂ N passes, over the length of the whole sequence; a chirp takes two
  /// transforms of up to four times the length.
  private func limit(_ x: [Complex]) -> Double {
    3 * (log2(Double(x.count)) + 2) * 0x1p-24 * energy(x).squareRoot()
  }

  @Test("equals the definition for every length up to 66, and for lengths of pictures")
  func equalsTheDefinition() {
    var generator = SplitMix64(seed: 1)
    for count in Array(1...66) + [105, 143, 240, 270, 289, 540, 1001] {
      let x = random(count, &generator)
      var found = x
      FourierTransform(count: count).transform(&found)
      for (k, expected) in naive(x).enumerated() {
        #expect(abs(Double(found[k].real) - expected.real) <= limit(x), "\(count): \(k)")
        #expect(abs(Double(found[k].imaginary) - expected.imaginary) <= limit(x), "\(count): \(k)")
      }
    }
  }

  @Test("two real sequences at once have the halves of their own transforms")
  func transformsTwoAtOnce() {
    var generator = SplitMix64(seed: 2)
    for count in [1, 2, 3, 8, 15, 17, 64] {
      let x = random(count, &generator)
      let halves = FourierTransform(count: count).halves(x.map(\.real), x.map(\.imaginary))
      for (half, part) in [(halves.a, x.map(\.real)), (halves.b, x.map(\.imaginary))] {
        let expected = naive(part.map { Complex($0) })
        #expect(half.count == count / 2 + 1)
        for (k, number) in half.enumerated() {
          #expect(abs(Double(number.real) - expected[k].real) <= limit(x), "\(count): \(k)")
          #expect(
            abs(Double(number.imaginary) - expected[k].imaginary) <= limit(x), "\(count): \(k)")
        }
      }
    }
  }

  @Test("keeps the energy (Parseval)", arguments: [97, 128, 360, 1000, 1021, 3840])
  func keepsTheEnergy(_ count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    let x = random(count, &generator)
    var transformed = x
    FourierTransform(count: count).transform(&transformed)
    #expect(abs(energy(transformed) / Double(count) / energy(x) - 1) < 1e-5)
  }
}

@Suite("Spectrum")
struct SpectrumTests {
  @Test("stripes are a pair of dots", arguments: [(16, 8), (15, 9), (1, 6), (6, 1)])
  func findsStripes(_ width: Int, _ height: Int) throws {
    let frequency = width > 8 ? 3 : width > 1 ? 1 : 0
    let samples = (0..<(width * height)).map { i in
      Float(cos(2 * Double.pi * Double(frequency * (i % width)) / Double(width)))
    }
    let spectrum = try Spectrum(
      of: Plane(width: width, height: height, samples: samples), window: .none)
    let count = Double(width * height)
    for v in 0..<height {
      for u in 0..<width {
        let isDot = v == height / 2 && abs(u - width / 2) == frequency
        let expected = isDot ? (frequency == 0 ? count : count / 2) : 0
        #expect(abs(Double(spectrum.magnitudes[v * width + u]) - expected) < 1e-4, "\(u),\(v)")
      }
    }
  }

  @Test("equals the definition on two axes, also where both are odd", arguments: [(5, 7), (6, 4)])
  func equalsTheDefinition(_ width: Int, _ height: Int) throws {
    var generator = SplitMix64(seed: 9)
    let samples = (0..<(width * height)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let spectrum = try Spectrum(
      of: Plane(width: width, height: height, samples: samples), window: .none)
    for v in 0..<height {
      for u in 0..<width {
        var (re, im) = (0.0, 0.0)
        for y in 0..<height {
          for x in 0..<width {
            let angle =
              -2 * Double.pi
              * (Double((u - width / 2) * x) / Double(width)
                + Double((v - height / 2) * y) / Double(height))
            re += Double(samples[y * width + x]) * cos(angle)
            im += Double(samples[y * width + x]) * sin(angle)
          }
        }
        let expected = (re * re + im * im).squareRoot()
        #expect(abs(Double(spectrum.magnitudes[v * width + u]) - expected) < 1e-2)
      }
    }
  }

  @Test("does not depend on threads") func isTheSameForAnyThreads() throws {
    let samples = (0..<(33 * 21)).map { UInt8($0 * 37 % 251) }
    let plane = Plane(width: 33, height: 21, samples: samples)
    let one = try Spectrum(of: plane, jobs: 1).magnitudes
    #expect(try Spectrum(of: plane, jobs: 5).magnitudes == one)
  }

  @Test("fades out towards the borders, but for a constant") func fadesOut() throws {
    let flat = Plane(width: 12, height: 10, samples: [UInt8](repeating: 7, count: 120))
    let plain = try Spectrum(of: flat, window: .none).magnitudes
    #expect(plain.enumerated().allSatisfy { $1 == ($0 == 5 * 12 + 6 ? 7 * 120 : 0) })
    // A raised cosine has three frequencies on each axis: 1/2 and twice 1/4.
    let faded = try Spectrum(of: flat).magnitudes
    for (i, magnitude) in faded.enumerated() {
      let (u, v) = (abs(i % 12 - 6), abs(i / 12 - 5))
      let expected = u > 1 || v > 1 ? 0 : 7.0 * 120 / 4 / Double((1 + u) * (1 + v))
      #expect(abs(Double(magnitude) - expected) < 1e-3, "\(i % 12),\(i / 12)")
    }
  }

  @Test("more pixels than memory should hold are refused") func refusesHugePlanes() {
    let plane = Plane(
      width: 8001, height: 8000, samples: [UInt8](repeating: 0, count: 8001 * 8000))
    #expect(throws: ImageError.self) { try Spectrum(of: plane) }
  }
}
