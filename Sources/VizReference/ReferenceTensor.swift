/// Numbers in Float64, NCHW and row-major, for the judge of the layers' results.
///
///     tensor[n, c, y, x] = values[((n · C + c) · H + y) · W + x]
///
/// Every layer is written as its definition reads, in loops over all that it sums. It shares no code
/// with the engine: not its shapes, and not its borders.
package struct ReferenceTensor: Sendable, Equatable {
  package let batch: Int
  package let channels: Int
  package let height: Int
  package let width: Int
  package var values: [Double]

  package init(batch: Int, channels: Int, height: Int, width: Int, values: [Double]) {
    precondition(values.count == batch * channels * height * width, "\(values.count) values")
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  package init(batch: Int, channels: Int, height: Int, width: Int) {
    self.init(
      batch: batch, channels: channels, height: height, width: width,
      values: [Double](repeating: 0, count: batch * channels * height * width))
  }

  /// A number; 0 outside of the image.
  package subscript(n: Int, c: Int, y: Int, x: Int) -> Double {
    get {
      guard y >= 0, y < height, x >= 0, x < width else { return 0 }
      return values[((n * channels + c) * height + y) * width + x]
    }
    set { values[((n * channels + c) * height + y) * width + x] = newValue }
  }
}

/// How a window moves, in the words of the definition.
package struct ReferenceWindow: Sendable {
  package var kernelHeight: Int
  package var kernelWidth: Int
  package var strideY = 1
  package var strideX = 1
  package var dilationY = 1
  package var dilationX = 1
  package var top = 0
  package var left = 0
  package var bottom = 0
  package var right = 0

  package init(_ kernelHeight: Int, _ kernelWidth: Int) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
  }

  func rows(_ height: Int) -> Int {
    (height + top + bottom - dilationY * (kernelHeight - 1) - 1) / strideY + 1
  }

  func columns(_ width: Int) -> Int {
    (width + left + right - dilationX * (kernelWidth - 1) - 1) / strideX + 1
  }
}

extension ReferenceTensor {
  /// Convolution with `weight` `[O, C / groups, KH, KW]`, and how large the sum of magnitudes is.
  ///
  ///     Σ weight[o, i, ky, kx] · input[n, i, y·s + ky·d − top, x·s + kx·d − left] + bias[o]
  package func convolved(
    weight: [Double], bias: [Double], groups: Int, window: ReferenceWindow
  ) -> (sums: ReferenceTensor, magnitudes: ReferenceTensor) {
    let (inputs, outputs) = (channels / groups, bias.count)
    var sums = ReferenceTensor(
      batch: batch, channels: outputs, height: window.rows(height), width: window.columns(width))
    var magnitudes = sums
    for n in 0..<batch {
      for o in 0..<outputs {
        let group = o / (outputs / groups)
        for y in 0..<sums.height {
          for x in 0..<sums.width {
            var (sum, magnitude) = (bias[o], abs(bias[o]))
            for i in 0..<inputs {
              for ky in 0..<window.kernelHeight {
                for kx in 0..<window.kernelWidth {
                  let tap = ((o * inputs + i) * window.kernelHeight + ky) * window.kernelWidth + kx
                  let product =
                    weight[tap]
                    * self[
                      n, group * inputs + i,
                      y * window.strideY + ky * window.dilationY - window.top,
                      x * window.strideX + kx * window.dilationX - window.left]
                  sum += product
                  magnitude += abs(product)
                }
              }
            }
            sums[n, o, y, x] = sum
            magnitudes[n, o, y, x] = magnitude
          }
        }
      }
    }
    return (sums, magnitudes)
  }

  /// The transpose of a convolution, `weight` `[C, O / groups, KH, KW]`: every sample adds the kernel.
  package func transposedConvolved(
    weight: [Double], bias: [Double], groups: Int, window: ReferenceWindow, extraRows: Int,
    extraColumns: Int
  ) -> ReferenceTensor {
    let (inputs, outputs) = (channels / groups, bias.count / groups)
    var result = ReferenceTensor(
      batch: batch, channels: bias.count,
      height: (height - 1) * window.strideY - window.top - window.bottom
        + window.dilationY * (window.kernelHeight - 1) + extraRows + 1,
      width: (width - 1) * window.strideX - window.left - window.right
        + window.dilationX * (window.kernelWidth - 1) + extraColumns + 1)
    for n in 0..<batch {
      for o in 0..<bias.count {
        for y in 0..<result.height { for x in 0..<result.width { result[n, o, y, x] = bias[o] } }
      }
      for c in 0..<channels {
        for o in 0..<outputs {
          for y in 0..<height {
            for x in 0..<width {
              for ky in 0..<window.kernelHeight {
                for kx in 0..<window.kernelWidth {
                  let toY = y * window.strideY + ky * window.dilationY - window.top
                  let toX = x * window.strideX + kx * window.dilationX - window.left
                  guard toY >= 0, toY < result.height, toX >= 0, toX < result.width else {
                    continue
                  }
                  let tap = ((c * outputs + o) * window.kernelHeight + ky) * window.kernelWidth + kx
                  result[n, c / inputs * outputs + o, toY, toX] += weight[tap] * self[n, c, y, x]
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The largest and the mean of the samples of the image that every window holds.
  package func pooled(window: ReferenceWindow) -> (maxima: ReferenceTensor, means: ReferenceTensor)
  {
    var maxima = ReferenceTensor(
      batch: batch, channels: channels, height: window.rows(height), width: window.columns(width))
    var means = maxima
    for n in 0..<batch {
      for c in 0..<channels {
        for y in 0..<maxima.height {
          for x in 0..<maxima.width {
            var seen: [Double] = []
            for ky in 0..<window.kernelHeight {
              for kx in 0..<window.kernelWidth {
                let fromY = y * window.strideY + ky * window.dilationY - window.top
                let fromX = x * window.strideX + kx * window.dilationX - window.left
                if fromY >= 0, fromY < height, fromX >= 0, fromX < width {
                  seen.append(self[n, c, fromY, fromX])
                }
              }
            }
            maxima[n, c, y, x] = seen.max() ?? -.infinity
            means[n, c, y, x] = seen.isEmpty ? 0 : seen.reduce(0, +) / Double(seen.count)
          }
        }
      }
    }
    return (maxima, means)
  }
}
