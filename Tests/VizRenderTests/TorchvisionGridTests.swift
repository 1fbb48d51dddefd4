import Testing
import VizImage
import VizRender

@Suite("TorchvisionGrid") struct TorchvisionGridTests {
  private struct Case {
    var grid: TorchvisionGrid
    let width: Int
    let height: Int
    let pixels: [UInt8]
  }

  /// What `Fixtures/make_grids.py` has written.
  private func cases() throws -> [Case] {
    let lines = try Fixture.text("grids.txt").split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    return try stride(from: 0, to: lines.count, by: 4).map { first in
      let shape = lines[first + 1].compactMap { Int($0) }
      let numbers = lines[first + 2].compactMap { Float($0) }
      try #require(shape.count == 4 && numbers.count == shape.reduce(1, *))
      let size = shape[2] * shape[3]
      let images = (0..<shape[0]).map { n in
        (0..<shape[1]).map { c in
          let start = (n * shape[1] + c) * size
          return Plane(
            width: shape[3], height: shape[2], samples: Array(numbers[start..<(start + size)]))
        }
      }
      var grid = TorchvisionGrid(images)
      for word in lines[first] where word != "-" { try set(word, of: &grid) }
      let hex = Array(lines[first + 3][2])
      return Case(
        grid: grid, width: try #require(Int(lines[first + 3][0])),
        height: try #require(Int(lines[first + 3][1])),
        pixels: try stride(from: 0, to: hex.count, by: 2).map {
          try #require(UInt8(String(hex[$0...($0 + 1)]), radix: 16))
        })
    }
  }

  private func set(_ word: String, of grid: inout TorchvisionGrid) throws {
    let parts = word.split(separator: "=").map(String.init)
    switch parts[0] {
    case "nrow": grid.columns = try #require(Int(parts[1]))
    case "padding": grid.padding = try #require(Int(parts[1]))
    case "pad_value": grid.paddingValue = try #require(Float(parts[1]))
    case "normalize": grid.normalizes = parts[1] == "True"
    case "scale_each": grid.scalesEach = parts[1] == "True"
    case "value_range":
      let ends = parts[1].split(separator: ",").compactMap { Double($0) }
      grid.range = ends[0]...ends[1]
    default: Issue.record("unknown argument \(word)")
    }
  }

  @Test("pixels are those that torchvision writes") func equalsTorchvision() throws {
    let cases = try cases()
    #expect(cases.count == 8)
    for (i, c) in cases.enumerated() {
      let image = c.grid.image()
      #expect(image.width == c.width && image.height == c.height, "case \(i)")
      #expect(image.samples(as: UInt8.self) == c.pixels, "case \(i)")
    }
  }

  @Test("flat, undefined and infinite images are drawn") func strangeImages() {
    for value: Float in [0, 7, .nan, .infinity, -.infinity, 3e38] {
      let plane = Plane(width: 2, height: 1, samples: [value, value])
      for normalizes in [false, true] {
        var grid = TorchvisionGrid([[plane], [plane]])
        grid.normalizes = normalizes
        let image = grid.image()
        #expect(image.width == 10 && image.height == 5)
      }
    }
  }
}
