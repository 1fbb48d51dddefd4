/// Kernels that look at the same window, and how their responses become one.
///
///     single     offset + scale · Σ₁
///     magnitude  offset + scale · √(Σ₁² + Σ₂²)
///     maximum    offset + scale · max(Σ₁, …, Σₙ)
///
/// All kernels of a bank have one size, anchor, scale and offset.
public struct KernelBank: Sendable, Hashable {
  public enum Combination: Sendable, Hashable {
    case single, magnitude, maximum
  }

  public let kernels: [Kernel]
  public let combination: Combination

  public init(_ kernel: Kernel) {
    kernels = [kernel]
    combination = .single
  }

  /// The Euclidean length of two responses, such as the gradients in x and y.
  public static func magnitude(_ x: Kernel, _ y: Kernel) -> KernelBank {
    KernelBank([x, y], .magnitude)
  }

  /// The largest of several responses, such as those of a kernel turned to every direction.
  public static func maximum(_ kernels: [Kernel]) -> KernelBank {
    KernelBank(kernels, .maximum)
  }

  private init(_ kernels: [Kernel], _ combination: Combination) {
    precondition(!kernels.isEmpty, "a bank without kernels")
    for kernel in kernels {
      precondition(
        kernel.width == kernels[0].width && kernel.height == kernels[0].height
          && kernel.anchorX == kernels[0].anchorX && kernel.anchorY == kernels[0].anchorY
          && kernel.scale == kernels[0].scale && kernel.offset == kernels[0].offset,
        "kernels of one bank share size, anchor, scale and offset")
    }
    self.kernels = kernels
    self.combination = combination
  }

  public var width: Int { kernels[0].width }
  public var height: Int { kernels[0].height }
  public var scale: Double { kernels[0].scale }
  public var offset: Double { kernels[0].offset }

  /// The same bank with every kernel changed alike.
  public func mapKernels(_ change: (Kernel) -> Kernel) -> KernelBank {
    KernelBank(kernels.map(change), combination)
  }
}
