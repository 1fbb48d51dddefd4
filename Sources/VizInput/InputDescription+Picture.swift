public import VizImage

extension InputDescription {
  /// The picture that numbers of a network's input show: gray or colour, 8 bit, what is beyond black and white as these.
  ///
  ///     pixel[c] = (x[c] · standardDeviation[c] + mean[c] − low) / (high − low)
  ///
  /// - Precondition: `values` are C·H·W numbers, 1 or 3 channels.
  public func picture(of values: [Float]) -> Image {
    let size = height * width
    precondition(
      values.count == channels * size && [1, 3].contains(channels),
      "\(values.count) numbers for a picture of \(channels)×\(height)×\(width)")
    let planes = (0..<channels).map { c in
      Plane(
        width: width, height: height,
        samples: values[c * size..<(c + 1) * size].map { value -> UInt8 in
          let level = Double(value) * standardDeviation[c] + mean[c] - range.lowerBound
          let pixel = level / (range.upperBound - range.lowerBound)
          return pixel.isNaN ? 0 : UInt8((min(max(pixel, 0), 1) * 255).rounded())
        })
    }
    return Image(planes: planes)
  }
}
