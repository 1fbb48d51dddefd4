internal import VizFiles
internal import VizImage

/// The named tensors of a file, from whichever of the formats it has.
package struct WeightFile: Sendable {
  /// How tensors without a network are stored.
  package enum Format: String, Sendable, CaseIterable {
    case safetensors = "safetensors"
    case pyTorchZip = "PyTorch"
    case pyTorchLegacy = "PyTorch (before 1.6)"
  }

  package let format: Format
  package var tensors: [StoredTensor]
  /// The texts of a safetensors file.
  package var metadata: [String: String] = [:]
  /// The layers of a module that was pickled whole.
  var module: PickledModule?

  /// The format that bytes begin with; nil where they are none of these.
  static func format(of bytes: [UInt8]) -> Format? {
    if ZipArchive.isBeginning(bytes) { return .pyTorchZip }
    if TorchLegacy.isBeginning(bytes) { return .pyTorchLegacy }
    return Safetensors.isBeginning(bytes) ? .safetensors : nil
  }

  /// The tensors of a file: those under `key` in its dictionaries and lists, `models.0` say; without
  /// one, those in the usual places.
  ///
  /// Numbers are held against their check sums where `checksNumbers` says so and there are any.
  package init(
    _ region: ByteRegion, key: String? = nil, checksNumbers: Bool = true
  ) throws(CheckpointError) {
    switch Self.format(of: region.prefix(16)) {
    case .safetensors:
      let file = try Safetensors(region, checksNumbers: checksNumbers)
      (format, tensors, metadata) = (.safetensors, file.tensors, file.metadata)
      if let key { throw .noStateDict(key: key, choices: []) }
    case .pyTorchZip:
      let file = try TorchZip(ZipArchive(region))
      let pickle = try file.pickle()
      format = .pyTorchZip
      tensors = []
      try take(TorchContents(pickle: pickle, storages: file), of: pickle, key: key)
    case .pyTorchLegacy:
      let file = try TorchLegacy(region)
      format = .pyTorchLegacy
      tensors = []
      try take(TorchContents(pickle: file.pickle, storages: file), of: file.pickle, key: key)
    case nil:
      throw .unknownFormat(found: Self.description(of: region.prefix(16)))
    }
    try checkSize(against: region.count)
  }

  private mutating func take(
    _ contents: TorchContents, of pickle: Pickle, key: String?
  ) throws(CheckpointError) {
    let (tensors, module) = try contents.weights(key: key)
    self.tensors = tensors
    self.module = module.map { PickledModule($0, in: pickle) }
  }

  /// Views may overlap and repeat elements: a few bytes could ask for any amount of memory.
  private func checkSize(against byteCount: Int) throws(CheckpointError) {
    let limit = 8 * byteCount + 1 << 20
    var total = 0
    for tensor in tensors {
      total += tensor.elementCount
      guard total <= limit else {
        throw .tooLarge(part: "elements of all tensors", found: total, limit: limit)
      }
    }
  }

  /// What a file is that holds no network, by its first bytes; nil where they do not tell.
  static func foreignKind(of bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "an empty file" }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "a PNG picture" }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "a JPEG picture" }
    if ImageDecoder.recognizes(bytes) { return "a picture" }
    if WeightFile.format(of: bytes) != nil || bytes.starts(with: "(dp".utf8) { return nil }
    let isText = bytes.allSatisfy { 32..<127 ~= $0 || 9...13 ~= $0 }
    guard isText, bytes.count > 1 else { return nil }
    let line = bytes.prefix { $0 >= 32 }.prefix(24)
    return "a text that begins with '\(String(decoding: line, as: UTF8.self))'"
  }

  private static func description(of bytes: [UInt8]) -> String {
    if let kind = foreignKind(of: bytes) { return kind }
    let isPickle = bytes[0] == 0x80 || bytes.starts(with: "(dp".utf8)
    return (isPickle ? "a pickle that torch.save did not write; it" : "it") + " begins with "
      + bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      .joined(separator: " ")
  }
}
