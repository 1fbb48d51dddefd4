internal import VizInput

/// The network that began it all, as torchvision has it: one column, no local response normalisation.
///
/// - Source: Krizhevsky 2014, arXiv:1404.5997, section 5; layer names of torchvision.models.alexnet.
enum AlexNet {
  static let entry = ZooEntry(
    name: "alexnet", summary: "AlexNet of torchvision", input: InputPreset.imagenet.input,
    classCount: 1000, stem: "features.0.weight", head: "classifier.6.weight"
  ) { place in
    """
    features.0: Conv2d(\(place.channels), 64, 11, stride=4, padding=2)
    features.1: ReLU()
    features.2: MaxPool2d(3, stride=2)
    features.3: Conv2d(64, 192, 5, padding=2)
    features.4: ReLU()
    features.5: MaxPool2d(3, stride=2)
    features.6: Conv2d(192, 384, 3, padding=1)
    features.7: ReLU()
    features.8: Conv2d(384, 256, 3, padding=1)
    features.9: ReLU()
    features.10: Conv2d(256, 256, 3, padding=1)
    features.11: ReLU()
    features.12: MaxPool2d(3, stride=2)
    avgpool: AdaptiveAvgPool2d(6)
    flatten: Flatten()
    classifier.0: Dropout(0.5)
    classifier.1: Linear(9216, 4096)
    classifier.2: ReLU()
    classifier.3: Dropout(0.5)
    classifier.4: Linear(4096, 4096)
    classifier.5: ReLU()
    classifier.6: Linear(4096, \(place.classes))
    """
  }
}
