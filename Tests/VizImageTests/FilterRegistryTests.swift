import Testing
import VizImage

@Suite("The registry")
struct FilterRegistryTests {
  private func message(_ name: String, _ values: [Double] = []) -> String {
    do throws(ImageError) {
      _ = try FilterStep(preset: name, values: values)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test("names every preset once, with words about it")
  func names() {
    let names = FilterRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in [
      "identity", "sobel-x", "sobel-y", "sobel", "scharr-x", "scharr-y", "scharr", "prewitt-x",
      "prewitt-y", "prewitt", "roberts", "laplacian", "laplacian-8", "log", "high-pass", "sharpen",
      "unsharp", "emboss", "box", "gaussian", "binomial", "motion", "gabor", "kirsch", "median",
      "canny", "threshold", "gray", "invert",
    ] {
      #expect(names.contains(name))
    }
    for entry in FilterRegistry.all {
      #expect(!entry.summary.isEmpty && entry.name == entry.name.lowercased())
      for parameter in entry.parameters {
        #expect(parameter.range.contains(parameter.defaultValue), "\(entry.name) \(parameter.name)")
        #expect(!parameter.unit.isEmpty)
      }
    }
  }

  @Test("makes a filter of the smallest and the largest values at every depth")
  func extremes() throws {
    for entry in FilterRegistry.all {
      for ends in [\ClosedRange<Double>.lowerBound, \.upperBound] {
        let values = entry.parameters.map { $0.range[keyPath: ends] }
        for depth in SampleType.allCases {
          let bank = try FilterStep(preset: entry.name, values: values).kind(depth: depth).bank
          for kernel in bank?.kernels ?? [] {
            #expect(kernel.taps.allSatisfy(\.isFinite) && !kernel.taps.isEmpty, "\(entry.name)")
          }
        }
      }
    }
  }

  @Test("refuses values that a parameter forbids, and says what it takes")
  func values() {
    #expect(message("sobel-x", [5]) == "accepted")
    #expect(message("sobel-x", [4]).contains("an odd number from 3 to 7"))
    #expect(message("sobel-x", [9]).contains("size is 9"))
    #expect(message("sobel-x", [3, 3]).contains("takes one value, not 2"))
    #expect(message("sharpen", [1]).contains("takes no values"))
    #expect(message("gaussian", [0]).contains("from 0.1 to 42"))
    #expect(message("gaussian", [.nan]).contains("expected"))
    #expect(message("gaussian", [.infinity]).contains("expected"))
    #expect(message("box", [2.5]).contains("a whole number from 1 to 255"))
    #expect(message("median", [3.5]).contains("odd"))
  }

  @Test("suggests the preset that was meant")
  func suggestions() {
    #expect(message("sobelx").contains("did you mean 'sobel-x'?"))
    #expect(message("guassian").contains("did you mean 'gaussian'?"))
    #expect(message("medain").contains("did you mean 'median'?"))
    #expect(message("grey").contains("did you mean 'gray'?"))
    #expect(!message("kaleidoscope").contains("did you mean"))
    #expect(!message("").contains("did you mean 'log'"))
    #expect(message("cany").contains("canny"))
  }

  @Test("edit distances count insertions, deletions, changes and swaps")
  func distances() {
    #expect(suggestion(for: "ab", among: ["abc"]) == "; did you mean 'abc'?")
    #expect(suggestion(for: "ba", among: ["ab"]) == "; did you mean 'ab'?")
    #expect(suggestion(for: "abxd", among: ["abcd"]) == "; did you mean 'abcd'?")
    #expect(suggestion(for: "abcd", among: ["wxyz"]) == "")
    #expect(suggestion(for: "abcd", among: []) == "")
    #expect(suggestion(for: "sobel", among: ["sobel-x", "sobel"]) == "; did you mean 'sobel'?")
  }

  @Test("numbers are written as people write them")
  func decimals() {
    #expect(decimal(3) == "3")
    #expect(decimal(-0.5) == "-0.5")
    #expect(decimal(1e20) == "1e+20")
    #expect(decimal(.infinity) == "inf")
  }
}
