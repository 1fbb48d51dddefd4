internal import VizImage

/// What a fuzzer feeds with bytes; the test suite replays what it found interesting.
package enum FuzzTarget: String, Sendable, CaseIterable {
  /// The text of a kernel.
  case kernel
  /// A PNG file, decoded, encoded and decoded again.
  case png
  /// A JPEG file.
  case jpeg
  /// A picture, a kernel and how they meet, against the reference.
  case filter
  /// A file of any format that this project reads by itself.
  case picture
  /// A `.npy` file.
  case npy
  /// A network or weights: our own format, safetensors, PyTorch's of both kinds.
  case checkpoint
  /// An ONNX model.
  case onnx
  /// A network as text.
  case net
  /// A tar archive.
  case tar
  /// MNIST's arrays of bytes.
  case idx
  /// CIFAR-10's records.
  case cifar
  /// A table of paths and classes.
  case csv
  /// Transforms as text.
  case augment

  /// What is wrong with the answer to some bytes, in words; a crash is a finding too.
  package func findings(in bytes: [UInt8]) -> [String] {
    switch self {
    case .kernel: KernelFuzzing.findings(in: bytes)
    case .png: PictureFuzzing.findings(inPNG: bytes)
    case .jpeg: PictureFuzzing.findings(in: bytes, formats: [.jpeg])
    case .filter: FilterFuzzing(bytes).findings
    case .picture: PictureFuzzing.findings(in: bytes, formats: PictureFuzzing.ownFormats)
    case .npy: NumPyFuzzing.findings(in: bytes)
    case .checkpoint: CheckpointFuzzing.findings(in: bytes)
    case .onnx: CheckpointFuzzing.findings(inONNX: bytes)
    case .net: CheckpointFuzzing.findings(inNet: bytes)
    case .tar: DataFuzzing.findings(inTar: bytes)
    case .idx: DataFuzzing.findings(inIDX: bytes)
    case .cifar: DataFuzzing.findings(inCIFAR: bytes)
    case .csv: DataFuzzing.findings(inCSV: bytes)
    case .augment: DataFuzzing.findings(inTransforms: bytes)
    }
  }
}
