import Testing
import VizKernels
import VizNN
import VizReference
import VizTestSupport

@Suite("Layers with windows against the scalar reference")
struct WindowLayerTests {
  private func reference(_ tensor: Tensor) -> ReferenceTensor {
    let shape = tensor.shape
    return ReferenceTensor(
      batch: shape[0], channels: shape[1], height: shape[2], width: shape[3],
      values: tensor.values.map(Double.init))
  }

  @Test("pools of every kernel, stride, dilation and padding on each side")
  func pools() throws {
    var random = SplitMix64(seed: 21)
    for width in [1, 7, 8, 9, 33] {
      let input = random.tensor([2, 3, 7, width])
      for (kernel, stride, dilation) in [(1, 1, 1), (2, 2, 1), (3, 2, 1), (3, 1, 2), (2, 3, 3)] {
        for (top, left) in [(0, 0), (1, 0), (2, 1)] {
          var window = ReferenceWindow(kernel, kernel)
          (window.strideY, window.strideX) = (stride, stride)
          (window.dilationY, window.dilationX) = (dilation, dilation)
          (window.top, window.left, window.bottom, window.right) = (top, left, left, top)
          if width + left + top < dilation * (kernel - 1) + 1 { continue }
          let sliding = SlidingWindow(
            kernelSize: Pair(kernel, kernel), stride: Pair(stride, stride),
            padding: .sides(top: top, left: left, bottom: left, right: top),
            dilation: Pair(dilation, dilation))
          let expected = reference(input).pooled(window: window)
          for context in ForwardContext.usable {
            let name = "width \(width), \(window), \(context.name)"
            let maxima = MaxPool2d(window: sliding).run([input], context: context)[0]
            #expect(maxima.values.map(Double.init) == expected.maxima.values, "\(name)")
            let indexed = MaxPool2d(window: sliding, returnIndices: true)
              .run([input], context: context)
            #expect(indexed[0] == maxima, "\(name)")
            let means = AvgPool2d(window: sliding, countIncludesPadding: false)
              .run([input], context: context)[0]
            // At most nine additions and a division.
            #expect(
              firstDifference(means.values, expected.means.values) { _ in 10 * 0x1p-24 } == nil,
              "\(name)")
          }
        }
      }
    }
  }

  @Test("of equal maxima the first in row-major order is told, and NaN wins")
  func ties() {
    let input = Tensor(shape: [1, 1, 2, 4], values: [0, 0, 1, .nan, 0, 0, 2, 2])
    let layer = MaxPool2d(
      window: SlidingWindow(kernelSize: 2, stride: 2), returnIndices: true)
    let outputs = layer.run([input])
    #expect(outputs[0].values[0] == 0 && outputs[1].values[0] == 0)
    #expect(outputs[0].values[1].isNaN && outputs[1].values[1] == 3)
    #expect(MaxPool2d(kernelSize: 2).run([input])[0].values[1].isNaN)
  }

  @Test("transposed convolutions")
  func transposed() throws {
    var random = SplitMix64(seed: 22)
    for (kernel, stride, dilation) in [
      (1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 3, 1), (4, 3, 2), (3, 2, 2),
    ] {
      for groups in [1, 2] {
        for (top, left) in [(0, 0), (1, 0), (1, 2)] {
          var window = ReferenceWindow(kernel, kernel)
          (window.strideY, window.strideX) = (stride, stride)
          (window.dilationY, window.dilationX) = (dilation, dilation)
          (window.top, window.left, window.bottom, window.right) = (top, left, left, top)
          let layer = ConvTranspose2d(
            inputChannels: 4, outputChannels: 6,
            window: SlidingWindow(
              kernelSize: Pair(kernel, kernel), stride: Pair(stride, stride),
              padding: .sides(top: top, left: left, bottom: left, right: top),
              dilation: Pair(dilation, dilation)),
            outputPadding: Pair(0, stride - 1), groups: groups)
          let input = random.tensor([2, 4, 5, 9])
          let parameters = random.parameters(layer.parameterShapes)
          let expected = reference(input).transposedConvolved(
            weight: try #require(parameters["weight"]).values.map(Double.init),
            bias: try #require(parameters["bias"]).values.map(Double.init), groups: groups,
            window: window, extraRows: 0, extraColumns: stride - 1)
          for context in ForwardContext.usable {
            let output = layer.run([input], parameters, context: context)[0]
            // At most 4 · 16 products of numbers below 1.
            #expect(
              firstDifference(output.values, expected.values) { _ in 64 * 64 * 0x1p-24 } == nil,
              "\(layer.text), \(context.name)")
          }
        }
      }
    }
  }

  @Test("dense layers of every number of samples, inputs and outputs about the vectors'")
  func dense() {
    var random = SplitMix64(seed: 23)
    for samples in [1, 2, 3, 5, 6, 11] {
      for depth in [1, 7, 8, 15, 16, 17, 33] {
        for outputs in [1, 3, 4, 5, 17] {
          let layer = Linear(inputFeatures: depth, outputFeatures: outputs)
          let input = random.tensor([samples, depth])
          let parameters = random.parameters(layer.parameterShapes)
          let (weight, bias) = (
            parameters["weight"]?.values ?? [], parameters["bias"]?.values ?? []
          )
          let expected = (0..<samples * outputs).map { i in
            (0..<depth).reduce(Double(bias[i % outputs])) { sum, k in
              sum + Double(weight[i % outputs * depth + k])
                * Double(input.values[i / outputs * depth + k])
            }
          }
          for context in ForwardContext.usable {
            let output = layer.run([input], parameters, context: context)[0]
            #expect(
              firstDifference(output.values, expected) { _ in
                Double(depth + 2) * Double(depth + 1) * 0x1p-24
              } == nil, "\(samples)×\(depth) → \(outputs), \(context.name)")
          }
        }
      }
    }
  }

  @Test("same padding of ONNX: the odd sample at the end or at the start")
  func samePadding() throws {
    for (length, kernel, stride) in [(5, 3, 2), (6, 3, 2), (7, 2, 1), (7, 4, 3), (4, 1, 2)] {
      for padding in [Padding.same, .sameLower] {
        let layer = MaxPool2d(
          window: SlidingWindow(
            kernelSize: Pair(kernel, 1), stride: Pair(stride, 1), padding: padding))
        let shape = try layer.outputShapes([[1, 1, length, 3]])[0]
        #expect(shape == [1, 1, (length + stride - 1) / stride, 3])
      }
    }
    let rising = Tensor(shape: [1, 1, 1, 4], values: [1, 2, 3, 4])
    let window = SlidingWindow(kernelSize: Pair(1, 2), stride: 1, padding: .same)
    #expect(MaxPool2d(window: window).run([rising])[0].values == [2, 3, 4, 4])
    var lower = window
    lower.padding = .sameLower
    #expect(MaxPool2d(window: lower).run([rising])[0].values == [1, 2, 3, 4])
  }
}
