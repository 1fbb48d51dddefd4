import Testing
import VizImage
import VizKernels

extension FilterKind {
  /// The kernels, where the filter is made of such.
  var bank: KernelBank? {
    if case .kernels(let bank) = self { bank } else { nil }
  }

  /// The operation, where the filter is one.
  var operation: PlaneOperation? {
    if case .operation(let operation) = self { operation } else { nil }
  }
}

/// The kernels of a preset.
func presetBank(
  _ name: String, _ values: [Double] = [], depth: SampleType = .uint8
) throws -> KernelBank {
  try #require(FilterStep(preset: name, values: values).kind(depth: depth).bank)
}

/// The operation of a preset.
func presetOperation(
  _ name: String, _ values: [Double] = [], depth: SampleType = .uint8
) throws -> PlaneOperation {
  try #require(FilterStep(preset: name, values: values).kind(depth: depth).operation)
}

/// The rows of a kernel without its scale.
func rows(_ kernel: Kernel) -> [[Double]] {
  (0..<kernel.height).map { i in (0..<kernel.width).map { kernel[i, $0] } }
}

extension Plane {
  /// The stored bytes, to compare results bit for bit.
  var bytes: [UInt8] {
    storage.elements(of: UInt8.self, count: width * height * sampleType.byteCount)
  }

  /// Samples written row by row.
  init<S: Sample>(rows: [[S]]) {
    self.init(width: rows[0].count, height: rows.count, samples: rows.flatMap(\.self))
  }

  /// Values row by row.
  var rows: [[Double]] {
    let values = values
    return (0..<height).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}
