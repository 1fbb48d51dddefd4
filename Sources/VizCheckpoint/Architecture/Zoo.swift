public import VizInput
public import VizNN

/// A published architecture, written as `.net` text, for files that hold weights alone.
public struct ZooEntry: Sendable {
  public let name: String
  public let summary: String
  /// What its published weights were trained on.
  public let input: InputDescription
  /// Classes of that data.
  public let classCount: Int
  /// The tensors that say how many channels go in, by the second length, and how many classes come out.
  let stem: String
  let head: String
  /// Which length of the head is the number of classes.
  var headAxis = 0
  /// The least height and width of pictures that it can work with, where its text depends on them.
  var leastSide = 1
  /// The network for pictures and classes.
  let text: @Sendable (Place) -> String

  /// What an architecture is written for.
  struct Place: Sendable {
    var channels: Int
    var height: Int
    var width: Int
    var classes: Int
  }

  /// The architecture, as it was published where no other pictures or classes are given.
  ///
  /// - Throws: where pictures are too small for it.
  public func architecture(
    channels: Int? = nil, height: Int? = nil, width: Int? = nil, classes: Int? = nil
  ) throws(CheckpointError) -> Architecture {
    let place = Place(
      channels: channels ?? input.channels, height: height ?? input.height,
      width: width ?? input.width, classes: classes ?? classCount)
    guard min(place.height, place.width) >= leastSide else {
      throw .unsupported(
        part: "\(name)", found: "pictures of \(place.width)×\(place.height)",
        expected: "\(leastSide)×\(leastSide) or more")
    }
    return try NetText(text(place)).architecture()
  }

  /// The architecture with as many channels and classes as a file's tensors have, where it has those.
  func architecture(for tensors: [StoredTensor]) throws(CheckpointError) -> Architecture {
    func length(_ name: String, _ i: Int) -> Int? {
      let shape = tensors.first { $0.name == name || $0.name.hasSuffix("." + name) }?.shape
      guard let shape, [2, 4].contains(shape.count), 1...LayerArguments.largest ~= shape[i] else {
        return nil
      }
      return shape[i]
    }
    return try architecture(
      channels: length(stem, 1), classes: length(head, headAxis))
  }
}

/// Every known architecture.
public enum Zoo {
  public static let all: [ZooEntry] = [
    SmallNetworks.mlp, SmallNetworks.lenet, SmallNetworks.cnn, SmallNetworks.cifar,
    CapsuleNetwork.entry, CapsuleNetwork.small,
    AlexNet.entry,
    VGG.entry(11), VGG.entry(13), VGG.entry(16), VGG.entry(19),
    VGG.entry(11, normalized: true), VGG.entry(13, normalized: true),
    VGG.entry(16, normalized: true), VGG.entry(19, normalized: true),
    ResNet.entry(18), ResNet.entry(34), ResNet.entry(50), ResNet.entry(101), ResNet.entry(152),
    MobileNet.entry, SqueezeNet.entry0, SqueezeNet.entry1, DenseNet.entry(121),
    CIFARResNet.entry(20), CIFARResNet.entry(32), CIFARResNet.entry(44), CIFARResNet.entry(56),
  ]

  /// The entry of a name, as `--net` takes it.
  public static func entry(named name: String) throws(CheckpointError) -> ZooEntry {
    guard let entry = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownNetworkName(name, known: all.map(\.name))
    }
    return entry
  }

  /// The entry whose tensors have exactly these names and shapes, and its network for them.
  package static func recognise(
    _ tensors: [StoredTensor]
  ) throws(CheckpointError) -> (entry: ZooEntry, architecture: Architecture)? {
    let tensors = tensors.filter { !WeightMatching.isCounter($0.name) }
    for names in NamePrefix.variants(of: tensors.map(\.name)) {
      let shapes = Dictionary(
        zip(names, tensors.map { Shape($0.shape) }), uniquingKeysWith: { $1 })
      for entry in all {
        // A dense first layer does not tell channels from pixels.
        guard let stem = shapes[entry.stem], [2, 4].contains(stem.rank), stem[1] > 0,
          let head = shapes[entry.head], [2, 4].contains(head.rank), head[entry.headAxis] > 0,
          stem.dimensions.allSatisfy({ $0 <= LayerArguments.largest }),
          head[entry.headAxis] <= LayerArguments.largest
        else { continue }
        let architecture = try entry.architecture(
          channels: stem.rank == 4 ? stem[1] : entry.input.channels,
          classes: head[entry.headAxis])
        if architecture.problems(with: shapes).isEmpty { return (entry, architecture) }
      }
    }
    return nil
  }
}
