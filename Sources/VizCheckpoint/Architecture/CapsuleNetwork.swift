internal import VizInput

/// Capsules that tell by their length what is there, and by their direction how it looks; a decoder draws it again.
///
/// The decoder ends in numbers of 0…1, so the network sees pixels as they are.
///
/// - Source: Sabour, Frosst & Hinton 2017, figures 1 and 2, arXiv:1710.09829.
enum CapsuleNetwork {
  static let entry = network(
    "capsnet", "Capsules with dynamic routing and a decoder, for 28×28 digits",
    Widths(maps: 256, kinds: 32, decoder: [512, 1024]))

  /// A width that learns in minutes.
  static let small = network(
    "capsnet-small", "The same with 64 maps, 8 kinds of primary capsules, a small decoder",
    Widths(maps: 64, kinds: 8, decoder: [256, 512]))

  private struct Widths {
    let maps: Int
    /// Kinds of primary capsules.
    let kinds: Int
    let decoder: [Int]
  }

  /// Numbers of a primary and of a class's capsule.
  private static let lengths = (primary: 8, last: 16)
  private static let kernel = 9

  private static func network(_ name: String, _ summary: String, _ widths: Widths) -> ZooEntry {
    let digits = InputPreset.mnist.input
    return ZooEntry(
      name: name, summary: summary,
      input: InputDescription(
        channels: 1, height: digits.height, width: digits.width, isLightOnDark: true),
      classCount: 10, stem: "conv1.weight", head: "classes.weight", headAxis: 2,
      leastSide: 2 * kernel - 1
    ) { place in
      // Behind a convolution, and behind one with a stride of 2.
      func rest(_ side: Int) -> Int { (side - 2 * kernel + 1) / 2 + 1 }
      let capsules = widths.kinds * rest(place.height) * rest(place.width)
      let primary = widths.kinds * lengths.primary
      let pixels = place.channels * place.height * place.width
      return """
        conv1: Conv2d(\(place.channels), \(widths.maps), \(kernel))
        relu1: ReLU()
        conv2: Conv2d(\(widths.maps), \(primary), \(kernel), stride=2)
        primary: PrimaryCapsules(\(lengths.primary))
        classes: CapsuleRouting(\(capsules), \(lengths.primary), \(place.classes), \(lengths.last))
        lengths: CapsuleLength()
        mask: CapsuleMask()(classes)
        decoder.fc1: Linear(\(place.classes * lengths.last), \(widths.decoder[0]))
        decoder.relu1: ReLU()
        decoder.fc2: Linear(\(widths.decoder[0]), \(widths.decoder[1]))
        decoder.relu2: ReLU()
        decoder.fc3: Linear(\(widths.decoder[1]), \(pixels))
        decoder.sigmoid: Sigmoid()
        Output(lengths, reconstruction=decoder.sigmoid)
        """
    }
  }
}
