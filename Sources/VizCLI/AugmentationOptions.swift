internal import ArgumentParser
internal import VizCNN

/// How pictures are changed before a network sees them.
struct AugmentationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Change pictures first, in torchvision's words: RandomCrop(32, padding=4), ColorJitter(0.3), "
        + "affine(translate=(3, 0)); one after the other.", valueName: "transforms"))
  var augment: String?

  func augmentation() throws -> Augmentation? {
    try augment.map { try Augmentation(text: $0) }
  }
}
