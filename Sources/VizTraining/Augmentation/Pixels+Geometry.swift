internal import VizImage
internal import VizInput

// Whole pixels elsewhere, and other sizes.
extension Pixels {
  /// Rows of a new picture, one after the other.
  private func rebuilt(
    width: Int, height: Int, _ appendRow: (_ c: Int, _ y: Int, inout [UInt8]) -> Void
  ) -> Pixels {
    var result: [UInt8] = []
    result.reserveCapacity(width * height * channels)
    for c in 0..<channels {
      for y in 0..<height { appendRow(c, y, &result) }
    }
    return Pixels(width: width, height: height, channels: channels, samples: result)
  }

  private func rowStart(_ c: Int, _ y: Int) -> Int { (c * height + y) * width }

  func cropped(left: Int, top: Int, width: Int, height: Int) -> Pixels {
    precondition(
      left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
      "\(width)×\(height) at \(left),\(top) of \(size)")
    return rebuilt(width: width, height: height) { c, y, result in
      let start = rowStart(c, top + y) + left
      result += samples[start..<start + width]
    }
  }

  func padded(_ border: PictureBorder) -> Pixels {
    let width = border.left + self.width + border.right
    let columns = (0..<width).map {
      border.mode.source(of: $0 - border.left, length: self.width)
    }
    return rebuilt(width: width, height: border.top + height + border.bottom) { c, y, result in
      let fill = border.fill[c]
      guard let row = border.mode.source(of: y - border.top, length: height) else {
        result += repeatElement(fill, count: width)
        return
      }
      let start = rowStart(c, row)
      if border.mode == .constant {
        result += repeatElement(fill, count: border.left)
        result += samples[start..<start + self.width]
        result += repeatElement(fill, count: border.right)
      } else {
        for case let x? in columns { result.append(samples[start + x]) }
      }
    }
  }

  var flippedHorizontally: Pixels {
    rebuilt(width: width, height: height) { c, y, result in
      let start = rowStart(c, y)
      var x = start + width
      while x > start {
        x -= 1
        result.append(samples[x])
      }
    }
  }

  var flippedVertically: Pixels {
    rebuilt(width: width, height: height) { c, y, result in
      let start = rowStart(c, height - 1 - y)
      result += samples[start..<start + width]
    }
  }

  func turned(quarters: Int) -> Pixels {
    switch quarters {
    case 1:
      rebuilt(width: height, height: width) { c, y, result in
        for x in 0..<height { result.append(samples[rowStart(c, x) + width - 1 - y]) }
      }
    case 2: flippedHorizontally.flippedVertically
    case 3:
      rebuilt(width: height, height: width) { c, y, result in
        for x in 0..<height { result.append(samples[rowStart(c, height - 1 - x) + y]) }
      }
    default: preconditionFailure("a turn by \(quarters) right angles")
    }
  }

  func resized(width: Int, height: Int) -> Pixels {
    guard (width, height) != (self.width, self.height) else { return self }
    let planes = (0..<channels).map { c in
      Image(
        width: self.width, height: self.height, layout: .gray, samples: Array(samples[plane(c)])
      )
      .resized(width: width, height: height).samples(as: UInt8.self)
    }
    return Pixels(
      width: width, height: height, channels: channels, samples: planes.flatMap { $0 })
  }
}

extension PictureBorder.Mode {
  /// The sample that stands at a place in or outside of 0…length − 1; nil for the fill.
  ///
  ///     edge aa│abc│cc      symmetric ba│abc│cb      reflect cb│abc│ba
  func source(of place: Int, length: Int) -> Int? {
    let edge: EdgeMode =
      switch self {
      case .constant: .pad(0)
      case .edge: .extend
      case .symmetric: .mirror
      case .reflect: .reflect101
      }
    let index = edge.sourceIndex(place, count: length)
    return index < 0 ? nil : index
  }
}
