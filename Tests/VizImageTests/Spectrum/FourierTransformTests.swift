import Foundation
import Testing
import VizImage
import VizTestSupport

@Suite("FourierTransform")
struct FourierTransformTests {
  /// The definition, term by term.
  private func naive(_ x: ComplexSequence) -> ComplexSequence {
    var result = ComplexSequence(count: x.count)
    for k in 0..<x.count {
      for n in 0..<x.count {
        let angle = -2 * Double.pi * Double(k * n % x.count) / Double(x.count)
        result.real[k] += x.real[n] * cos(angle) - x.imaginary[n] * sin(angle)
        result.imaginary[k] += x.real[n] * sin(angle) + x.imaginary[n] * cos(angle)
      }
    }
    return result
  }

  private func random(_ count: Int, _ generator: inout SplitMix64) -> ComplexSequence {
    ComplexSequence(
      real: (0..<count).map { _ in .random(in: -255...255, using: &generator) },
      imaginary: (0..<count).map { _ in .random(in: -255...255, using: &generator) })
  }

  @Test("equals the definition for every length up to 40") func equalsTheDefinition() {
    var generator = SplitMix64(seed: 1)
    for count in 1...40 {
      let x = random(count, &generator)
      let expected = naive(x)
      var found = x
      FourierTransform(count: count).transform(&found)
      // Both round; the chirp convolves over up to four times the length.
      let limit = 1e-12 * 255 * Double(count)
      for k in 0..<count {
        #expect(abs(found.real[k] - expected.real[k]) <= limit, "\(count)")
        #expect(abs(found.imaginary[k] - expected.imaginary[k]) <= limit, "\(count)")
      }
    }
  }

  @Test("keeps the energy (Parseval)", arguments: [97, 128, 360, 1000, 1021])
  func keepsTheEnergy(_ count: Int) {
    var generator = SplitMix64(seed: UInt64(count))
    let x = random(count, &generator)
    var transformed = x
    FourierTransform(count: count).transform(&transformed)
    func energy(_ s: ComplexSequence) -> Double {
      (0..<s.count).reduce(0) { $0 + s.real[$1] * s.real[$1] + s.imaginary[$1] * s.imaginary[$1] }
    }
    #expect(abs(energy(transformed) / Double(count) / energy(x) - 1) < 1e-12)
  }
}

@Suite("Spectrum")
struct SpectrumTests {
  @Test("stripes are a pair of dots", arguments: [(16, 8), (15, 9), (1, 6), (6, 1)])
  func findsStripes(_ width: Int, _ height: Int) {
    let frequency = width > 4 ? 3 : 0
    let samples = (0..<(width * height)).map { i in
      Float(cos(2 * Double.pi * Double(frequency * (i % width)) / Double(width)))
    }
    let spectrum = Spectrum(
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
  func equalsTheDefinition(_ width: Int, _ height: Int) {
    var generator = SplitMix64(seed: 9)
    let samples = (0..<(width * height)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let spectrum = Spectrum(
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

  @Test("does not depend on threads") func isTheSameForAnyThreads() {
    let samples = (0..<(33 * 21)).map { UInt8($0 * 37 % 251) }
    let plane = Plane(width: 33, height: 21, samples: samples)
    let one = Spectrum(of: plane, jobs: 1).magnitudes
    #expect(Spectrum(of: plane, jobs: 5).magnitudes == one)
  }
}
