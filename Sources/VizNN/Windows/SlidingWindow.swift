package import VizKernels

/// A window and how it moves: what convolution and pooling layers have in common.
///
///     H′ = ⌊(H + top + bottom − dilation · (KH − 1) − 1) / stride⌋ + 1
///
/// With `ceilMode` rounded up, as long as the last window begins inside the image or the padding before it.
///
/// - Source: Dumoulin & Visin 2016, relationship 15, arXiv:1603.07285; `ceilMode` as PyTorch has it.
public struct SlidingWindow: Equatable, Sendable {
  public var kernelSize: Pair
  public var stride: Pair = 1
  public var padding: Padding = .none
  public var dilation: Pair = 1
  public var ceilMode = false

  public init(
    kernelSize: Pair, stride: Pair = 1, padding: Padding = .none, dilation: Pair = 1,
    ceilMode: Bool = false
  ) {
    let numbers = [kernelSize, stride, dilation].flatMap { [$0.vertical, $0.horizontal] }
    precondition(numbers.allSatisfy { $0 > 0 }, "a window of \(numbers)")
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.ceilMode = ceilMode
  }

  /// The two directions, for an image of a size.
  private func axes(_ height: Int, _ width: Int) -> (vertical: Axis, horizontal: Axis) {
    var before = (vertical: 0, horizontal: 0)
    var after = before
    if case .sides(let top, let left, let bottom, let right) = padding {
      (before, after) = ((top, left), (bottom, right))
    }
    var vertical = Axis(
      length: height, kernel: kernelSize.vertical, stride: stride.vertical,
      dilation: dilation.vertical, before: before.vertical, after: after.vertical)
    var horizontal = Axis(
      length: width, kernel: kernelSize.horizontal, stride: stride.horizontal,
      dilation: dilation.horizontal, before: before.horizontal, after: after.horizontal)
    if padding == .same || padding == .sameLower {
      vertical.pad(oddAtStart: padding == .sameLower)
      horizontal.pad(oddAtStart: padding == .sameLower)
    }
    return (vertical, horizontal)
  }

  /// The windows over images of a size.
  ///
  /// - Throws: where the window is larger than the image with its padding.
  package func grid(for input: Shape) throws(LayerError) -> WindowGrid {
    let (vertical, horizontal) = axes(input[2], input[3])
    guard let height = vertical.outputs(ceilMode), let width = horizontal.outputs(ceilMode) else {
      throw .inputShape(
        expected: "an image of at least "
          + "\(max(1, vertical.extent - vertical.before - vertical.after))×"
          + "\(max(1, horizontal.extent - horizontal.before - horizontal.after))", found: input)
    }
    var grid = WindowGrid(
      height: input[2], width: input[3], kernelHeight: kernelSize.vertical,
      kernelWidth: kernelSize.horizontal, outputHeight: height, outputWidth: width)
    (grid.strideY, grid.strideX) = (stride.vertical, stride.horizontal)
    (grid.dilationY, grid.dilationX) = (dilation.vertical, dilation.horizontal)
    (grid.top, grid.left) = (vertical.before, horizontal.before)
    return grid
  }

  /// The padding before and behind the image, for an image of a size.
  func paddings(for input: Shape) -> (before: Pair, after: Pair) {
    let (vertical, horizontal) = axes(input[2], input[3])
    return (
      Pair(vertical.before, horizontal.before), Pair(vertical.after, horizontal.after)
    )
  }

  /// Rows and columns from the first that a window sees to the last.
  func reach(of grid: WindowGrid) -> (height: Int, width: Int) {
    (
      (grid.outputHeight - 1) * stride.vertical + dilation.vertical * (kernelSize.vertical - 1) + 1,
      (grid.outputWidth - 1) * stride.horizontal
        + dilation.horizontal * (kernelSize.horizontal - 1) + 1
    )
  }

  func reach(for input: Shape) -> Reach {
    let (vertical, horizontal) = axes(input[2], input[3])
    return .window(vertical: vertical.reach, horizontal: horizontal.reach)
  }
}

/// One direction of a window.
private struct Axis {
  let length: Int
  let kernel: Int
  let stride: Int
  let dilation: Int
  var before: Int
  var after: Int

  var extent: Int { dilation * (kernel - 1) + 1 }

  var reach: Reach.Window {
    Reach.Window(size: Double(extent), stride: Double(stride), padding: Double(before))
  }

  mutating func pad(oddAtStart: Bool) {
    let outputs = (length + stride - 1) / stride
    let total = max((outputs - 1) * stride + extent - length, 0)
    before = oddAtStart ? (total + 1) / 2 : total / 2
    after = total - before
  }

  func outputs(_ ceilMode: Bool) -> Int? {
    let room = length + before + after - extent
    guard room >= 0, length > 0 else { return nil }
    guard ceilMode else { return room / stride + 1 }
    let count = (room + stride - 1) / stride + 1
    return (count - 1) * stride >= length + before ? count - 1 : count
  }
}
