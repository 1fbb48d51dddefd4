/// The transpose of a convolution: every input pixel adds the kernel, times its number, to the output.
///
///     output[n, o, y·s + ky·d − p, x·s + kx·d − p] = bias[o] + Σ weight[i, o, ky, kx] · input[n, i, y, x]
///
/// A tap is a product of matrices whose rows are input pixels, which are added to the output pixels that the tap
/// moves them to; these have sixteen channels side by side until they are done. No product is made with what lies
/// outside of either image.
package struct TransposedConvolution: Sendable {
  package let batch: Int
  package let groups: Int
  /// Input and output channels of a group.
  package let inputs: Int
  package let outputs: Int
  /// The windows of the convolution, one for each input pixel, over the output.
  package let grid: WindowGrid

  package init(batch: Int, groups: Int, inputs: Int, outputs: Int, grid: WindowGrid) {
    (self.batch, self.groups) = (batch, groups)
    (self.inputs, self.outputs) = (inputs, outputs)
    self.grid = grid
  }

  /// Output channels that lie side by side.
  private static let columns = PixelWeights.columns
  /// Input channels that are added up at a time.
  private static let depth = 256
  /// Output pixels of all images that are made at a time, and stay in the second cache with their channels.
  private static let mostPixels = 1 << 12
  private static let mostImages = 4

  /// Whether a plain convolution for each place between input pixels would take longer.
  ///
  /// These multiply the zeros around an image too, which is much of what they do where it is small. The numbers are
  /// measured.
  package var isCheapest: Bool {
    size <= Self.mostPixels && outputs >= 8
      && 4 * size >= 5 * grid.strideY * grid.strideX * grid.pixels
  }

  /// Output pixels.
  private var size: Int { grid.height * grid.width }
  private var panels: Int { (outputs + Self.columns - 1) / Self.columns }
  private var imagesPerTask: Int {
    max(1, min(Self.mostImages, batch, Self.mostPixels / max(size, 1)))
  }

  /// Makes `output` `[N, groups · outputs, H, W]` of `input` `[N, groups · inputs, H′, W′]` and packed weights.
  package func run(
    input: UnsafePointer<Float>, weights: SampleBuffer, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, bias, output) = (input, bias, output)
    let (parts, perTask) = (groups * panels, imagesPerTask)
    let tasks = (batch + perTask - 1) / perTask
    let moves = TapMoves(grid, columns: Self.columns)
    ThreadPool.run(count: parts * tasks, jobs: execution.jobs) { index in
      let (part, task) = index.quotientAndRemainder(dividingBy: tasks)
      ScratchShelf.lending(perTask * size * Self.columns * 4) { memory in
        let images = TransposedImages(
          convolution: self, kernels: execution.kernels.tensors, moves: moves, part: part,
          images: task * perTask..<min((task + 1) * perTask, batch),
          sums: memory.assumingMemoryBound(to: Float.self))
        let packed = weights.bytes.assumingMemoryBound(to: Float.self)
        images.start(bias)
        images.add(input, packed + part * packedSize)
        images.turn(into: output)
      }
    }
  }

  /// Numbers of one part of the packed weights.
  private var packedSize: Int { grid.taps * inputs * Self.columns }

  /// Packs `weight` `[groups · inputs, outputs, KH, KW]`, for images of any size.
  package func packed(_ weight: UnsafePointer<Float>, execution: Execution) -> SampleBuffer {
    let buffer = SampleBuffer(byteCount: groups * panels * packedSize * 4)
    nonisolated(unsafe) let weight = weight
    ThreadPool.run(count: groups * panels, jobs: execution.jobs) { part in
      pack(
        weight, part,
        into: buffer.bytes.assumingMemoryBound(to: Float.self) + part * packedSize,
        execution.kernels.tensors)
    }
    return buffer
  }

  /// The weights of some output channels: `packed[tap][input][output]`.
  private func pack(
    _ weight: UnsafePointer<Float>, _ part: Int, into packed: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    let (group, first, count) = channels(of: part)
    if count < Self.columns {
      packed.update(repeating: 0, count: packedSize)
    }
    for i in 0..<inputs {
      kernels.turnRows(
        weight + ((group * inputs + i) * outputs + first) * grid.taps, grid.taps, count, grid.taps,
        packed + i * Self.columns, inputs * Self.columns)
    }
  }

  /// The group and the output channels in it of one of `groups · panels` parts.
  private func channels(of part: Int) -> (group: Int, first: Int, count: Int) {
    let (group, panel) = part.quotientAndRemainder(dividingBy: panels)
    let first = panel * Self.columns
    return (group, first, min(Self.columns, outputs - first))
  }

  /// Some images of one part of the output channels.
  private struct TransposedImages {
    let convolution: TransposedConvolution
    let kernels: TensorKernels
    let moves: TapMoves
    let part: Int
    let images: Range<Int>
    /// `[image][output pixel][channel]`.
    let sums: UnsafeMutablePointer<Float>

    private var grid: WindowGrid { convolution.grid }
    private var imageSize: Int { convolution.size * TransposedConvolution.columns }

    func start(_ bias: UnsafePointer<Float>?) {
      sums.update(repeating: 0, count: images.count * imageSize)
      guard let bias else { return }
      let (group, first, count) = convolution.channels(of: part)
      let own = bias + group * convolution.outputs + first
      for p in 0..<images.count * convolution.size {
        (sums + p * TransposedConvolution.columns).update(from: own, count: count)
      }
    }

    func add(_ input: UnsafePointer<Float>, _ packed: UnsafePointer<Float>) {
      let columns = TransposedConvolution.columns
      let (group, _, count) = convolution.channels(of: part)
      let offsets = (0..<min(convolution.inputs, TransposedConvolution.depth)).map {
        $0 * grid.pixels
      }
      offsets.withUnsafeBufferPointer { offsets in
        guard let offsets = offsets.baseAddress else { return }
        for tap in 0..<grid.taps {
          for i in stride(from: 0, to: convolution.inputs, by: TransposedConvolution.depth) {
            let depth = min(TransposedConvolution.depth, convolution.inputs - i)
            let weights = packed + (tap * convolution.inputs + i) * columns
            for n in images {
              let channel = (n * convolution.groups + group) * convolution.inputs + i
              let own = sums + (n - images.lowerBound) * imageSize
              moves.withPixels(of: tap) { rows, pixels, places in
                kernels.multiplyPixels(
                  rows, count, depth, input + channel * grid.pixels, pixels, offsets, weights,
                  0, nil, nil, own, 0, places)
              }
            }
          }
        }
      }
    }

    func turn(into output: UnsafeMutablePointer<Float>) {
      let (group, first, count) = convolution.channels(of: part)
      for n in images {
        let channel = (n * convolution.groups + group) * convolution.outputs + first
        kernels.turnRows(
          sums + (n - images.lowerBound) * imageSize, TransposedConvolution.columns,
          convolution.size, count, output + channel * convolution.size, convolution.size)
      }
    }
  }
}

/// For every tap the input pixels that it moves into the output, and to where.
private struct TapMoves: Sendable {
  private var pixels: [Int] = []
  private var places: [Int] = []
  /// The first move of each tap, and the end.
  private var starts = [0]

  /// Places are those of pixels that have so many numbers.
  init(_ grid: WindowGrid, columns: Int) {
    for tap in 0..<grid.taps {
      let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
      let inside = grid.columns(of: 0..<grid.outputWidth, tap: kx)
      for y in 0..<grid.outputHeight where grid.rowTaps(y) ~= ky {
        let row = y * grid.strideY + ky * grid.dilationY - grid.top
        for x in inside {
          pixels.append(y * grid.outputWidth + x)
          places.append(
            (row * grid.width + x * grid.strideX + kx * grid.dilationX - grid.left) * columns)
        }
      }
      starts.append(pixels.count)
    }
  }

  /// Lends a tap's moves.
  @inline(__always)
  func withPixels(
    of tap: Int,
    _ body: (_ count: Int, _ pixels: UnsafePointer<Int>, _ places: UnsafePointer<Int>) -> Void
  ) {
    pixels.withUnsafeBufferPointer { pixels in
      places.withUnsafeBufferPointer { places in
        guard let pixels = pixels.baseAddress, let places = places.baseAddress else { return }
        let first = starts[tap]
        body(starts[tap + 1] - first, pixels + first, places + first)
      }
    }
  }
}
