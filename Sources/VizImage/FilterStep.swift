/// One step of a chain: a preset with values, or a kernel of one's own.
public struct FilterStep: Sendable {
  /// The word that stands for the step in file names, such as `sobel-x`.
  public let name: String
  /// The name with the values that were given, such as `gaussian 1.4`.
  public let title: String
  /// Whether the step asks for gray pictures, unless colour is asked for.
  public let runsOnGray: Bool
  /// Whether the kernel was given, not chosen by a preset's name.
  public let isOwnKernel: Bool
  /// The values of a preset's parameters, those that were not given at their defaults.
  public let values: [Double]
  private let make: @Sendable (SampleType) -> FilterKind

  /// A preset with the given values, the rest at their defaults.
  public init(preset name: String, values: [Double] = []) throws(ImageError) {
    let entry = try FilterRegistry.entry(named: name)
    let complete = try entry.complete(values)
    self.name = name
    title = values.isEmpty ? name : "\(name) \(values.map(decimal).joined(separator: ","))"
    runsOnGray = entry.runsOnGray
    isOwnKernel = false
    self.values = complete
    make = { depth in entry.make(complete, depth) }
  }

  /// A kernel; one whose taps sum to zero is a derivative, which asks for gray.
  public init(kernel: Kernel, name: String = "kernel", runsOnGray: Bool? = nil) {
    self.name = name
    title = name
    self.runsOnGray = runsOnGray ?? kernel.isZeroSum
    isOwnKernel = true
    values = []
    make = { _ in .kernels(KernelBank(kernel)) }
  }

  /// The filter for pictures of a sample type.
  public func kind(depth: SampleType) -> FilterKind { make(depth) }
}
