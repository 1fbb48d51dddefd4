package import VizKernels

/// Numbers in row-major order, Float32 and NCHW wherever they are images or feature maps.
///
///     tensor[n, c, y, x] = values[((n · C + c) · H + y) · W + x]
///
/// A tensor is a value that never changes. Copies and `reshaped` share the memory, and so do tensors
/// over a part of a larger buffer, as the weights in a mapped file are.
public struct Tensor: Sendable {
  public let shape: Shape
  package private(set) var storage: SampleBuffer
  /// Where in the buffer the numbers begin.
  package let byteOffset: Int

  /// A tensor over memory that its maker has filled; `byteOffset` keeps the alignment of Float.
  package init(shape: Shape, storage: SampleBuffer, byteOffset: Int = 0) {
    precondition(
      byteOffset >= 0 && shape.count <= (storage.byteCount - byteOffset) / 4,
      "\(storage.byteCount) bytes from \(byteOffset) on for a tensor of \(shape)")
    precondition(
      unsafe Int(bitPattern: storage.bytes + byteOffset) % 4 == 0,
      "a tensor whose numbers begin between two words")
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// A tensor of the given numbers in row-major order.
  public init(shape: Shape, values: [Float]) {
    precondition(values.count == shape.count, "\(values.count) numbers for a tensor of \(shape)")
    self.init(shape: shape, storage: SampleBuffer(values))
  }

  /// A tensor with one number everywhere.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape, values: [Float](repeating: value, count: shape.count))
  }

  /// All numbers in row-major order.
  public var values: [Float] {
    storage.elements(of: Float.self, count: shape.count, offset: byteOffset)
  }

  /// How many numbers there are.
  public var count: Int { shape.count }

  /// One number.
  public subscript(indices: Int...) -> Float {
    precondition(
      indices.count == shape.rank && zip(indices, shape.dimensions).allSatisfy { 0..<$1 ~= $0 },
      "element \(indices) of a tensor of \(shape)")
    return unsafe start[zip(indices, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }]
  }

  /// The same numbers in another shape.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "a tensor of \(self.shape) as \(shape)")
    return Tensor(shape: shape, storage: storage, byteOffset: byteOffset)
  }

  /// One index of the first dimension, which is no dimension of the result: an image of a batch.
  public func element(_ n: Int) -> Tensor {
    precondition(shape.rank > 0 && 0..<shape[0] ~= n, "element \(n) of a tensor of \(shape)")
    let inner = Shape(Array(shape.dimensions.dropFirst()))
    return Tensor(
      shape: inner, storage: storage, byteOffset: byteOffset + n * inner.count * 4)
  }
}

extension Tensor {
  /// Where the numbers are; valid as long as the tensor.
  @unsafe package var start: UnsafePointer<Float> {
    unsafe UnsafePointer((storage.bytes + byteOffset).assumingMemoryBound(to: Float.self))
  }

  /// The numbers for a convolution, which keeps them alive.
  package var numbers: ConvolutionWeights.Numbers {
    unsafe ConvolutionWeights.Numbers(start, in: storage)
  }

  /// Whether no other value holds the memory: who holds the tensor may write into it as if it were new.
  package mutating func isUnshared() -> Bool {
    isKnownUniquelyReferenced(&storage) && storage.isWritable
  }

  /// For whoever makes the tensor, until it is handed on.
  @unsafe package var mutableStart: UnsafeMutablePointer<Float> {
    unsafe (storage.bytes + byteOffset).assumingMemoryBound(to: Float.self)
  }
}

extension Tensor: Equatable {
  /// Equal shapes and numbers; NaN equals nothing, as in Float.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.values == b.values
  }
}
