package import VizImage

/// RGB pixels of 8 bits, the form in which this module scales and places pictures.
package struct Raster: Sendable {
  package let width: Int
  package let height: Int
  /// Interleaved rows: `pixels[3 · (y · width + x) + channel]`.
  package let pixels: [UInt8]

  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      pixels.count == 3 * width * height, "\(pixels.count) samples for \(width)×\(height) pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Any picture as 8-bit RGB: gray is repeated, alpha is laid over `background`.
  package init(_ image: Image, over background: Color) {
    let count = image.width * image.height
    let samples = Self.bytes(of: image)
    guard image.layout != .rgb else {
      self.init(width: image.width, height: image.height, pixels: samples)
      return
    }
    let channels = image.layout.channels
    let paper = [background.red, background.green, background.blue].map(Int.init)
    var pixels = [UInt8](repeating: 0, count: 3 * count)
    for i in 0..<count {
      let alpha = image.layout.hasAlpha ? Int(samples[i * channels + channels - 1]) : 255
      for c in 0..<3 {
        let sample = Int(samples[i * channels + (image.layout.hasColor ? c : 0)])
        pixels[3 * i + c] = UInt8((sample * alpha + paper[c] * (255 - alpha) + 127) / 255)
      }
    }
    self.init(width: image.width, height: image.height, pixels: pixels)
  }

  package var image: Image { Image(width: width, height: height, layout: .rgb, samples: pixels) }

  /// All samples brought to 0…255.
  private static func bytes(of image: Image) -> [UInt8] {
    switch image.sampleType {
    case .uint8: image.samples(as: UInt8.self)
    case .uint16: image.samples(as: UInt16.self).map { UInt8((Int($0) + 128) / 257) }
    case .int16: image.samples(as: Int16.self).map { UInt8(min(max($0, 0), 255)) }
    case .float:
      image.samples(as: Float.self).map { $0.isNaN ? 0 : UInt8(min(max($0, 0), 1) * 255 + 0.5) }
    }
  }
}

extension Raster {
  /// Every pixel repeated `factor` times both ways, so that single pixels stay crisp.
  package func enlarged(by factor: Int) -> Raster {
    guard factor > 1 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count * factor * factor)
    var row: [UInt8] = []
    for y in 0..<height {
      row.removeAll(keepingCapacity: true)
      for x in 0..<width {
        let i = 3 * (y * width + x)
        for _ in 0..<factor { row.append(contentsOf: pixels[i..<(i + 3)]) }
      }
      for _ in 0..<factor { result.append(contentsOf: row) }
    }
    return Raster(width: width * factor, height: height * factor, pixels: result)
  }

  /// A smaller picture; each pixel is the mean of the area that it covers, partial pixels included.
  package func reduced(toWidth newWidth: Int, height newHeight: Int) -> Raster {
    precondition(
      1...width ~= newWidth && 1...height ~= newHeight,
      "\(width)×\(height) pixels cannot be reduced to \(newWidth)×\(newHeight)")
    guard newWidth != width || newHeight != height else { return self }
    let columns = AreaWeights(from: width, to: newWidth)
    let rows = AreaWeights(from: height, to: newHeight)
    var result = [UInt8](repeating: 0, count: 3 * newWidth * newHeight)
    var sums = [Float](repeating: 0, count: 3 * newWidth)
    for y in 0..<newHeight {
      for i in sums.indices { sums[i] = 0 }
      for (sourceY, weight) in rows.parts(of: y) {
        add(row: sourceY, weight: weight, columns: columns, to: &sums)
      }
      for i in sums.indices { result[3 * newWidth * y + i] = UInt8(min(sums[i] + 0.5, 255)) }
    }
    return Raster(width: newWidth, height: newHeight, pixels: result)
  }

  /// Fits into a square: small pictures grow by a whole factor towards `minimum`, large ones shrink
  /// to `maximum`; never both.
  package func fitted(minimum: Int, maximum: Int) -> Raster {
    let side = max(width, height)
    if side > maximum {
      return reduced(
        toWidth: max(1, width * maximum / side), height: max(1, height * maximum / side))
    }
    return enlarged(by: max(1, min(minimum, maximum) / side))
  }

  private func add(row: Int, weight: Float, columns: AreaWeights, to sums: inout [Float]) {
    for x in 0..<(sums.count / 3) {
      for (sourceX, share) in columns.parts(of: x) {
        let i = 3 * (row * width + sourceX)
        let w = weight * share
        sums[3 * x] += w * Float(pixels[i])
        sums[3 * x + 1] += w * Float(pixels[i + 1])
        sums[3 * x + 2] += w * Float(pixels[i + 2])
      }
    }
  }
}

extension Image {
  /// The picture if it fits into a square, else as large as does: what a sheet needs of a photograph.
  package func shrunk(toSide side: Int) -> Image {
    max(width, height) <= side
      ? self : Raster(self, over: Theme.light.panel).fitted(minimum: 1, maximum: side).image
  }
}

/// Which old samples one new sample covers, and with what share; shares of a sample sum to 1.
private struct AreaWeights {
  private let starts: [Int]
  private let entries: [(Int, Float)]

  init(from oldCount: Int, to newCount: Int) {
    let ratio = Double(oldCount) / Double(newCount)
    var starts = [0]
    var entries: [(Int, Float)] = []
    for i in 0..<newCount {
      let (low, high) = (Double(i) * ratio, Double(i + 1) * ratio)
      for source in Int(low)..<min(oldCount, Int(high.rounded(.up))) {
        let covered = min(high, Double(source + 1)) - max(low, Double(source))
        if covered > 1e-9 { entries.append((source, Float(covered / ratio))) }
      }
      starts.append(entries.count)
    }
    self.starts = starts
    self.entries = entries
  }

  func parts(of index: Int) -> ArraySlice<(Int, Float)> {
    entries[starts[index]..<starts[index + 1]]
  }
}
