internal import VizInput

/// Two networks that learn handwritten digits: what a convolution buys is the difference between them.
enum DigitNetworks {
  /// Every pixel by itself: two hidden layers, numbers left out while it learns.
  static let mlp = ZooEntry(
    name: "mlp", summary: "784-512-512-10 with dropout, for 28×28 digits",
    input: InputPreset.mnist.input, classCount: 10, stem: "fc1.weight", head: "fc3.weight"
  ) { channels, classes in
    """
    flatten: Flatten()
    fc1: Linear(\(channels * 784), 512)
    relu1: ReLU()
    dropout1: Dropout(0.2)
    fc2: Linear(512, 512)
    relu2: ReLU()
    dropout2: Dropout(0.2)
    fc3: Linear(512, \(classes))
    """
  }

  /// Windows that move: two convolutions, each with a maximum of 2×2, and two dense layers.
  static let cnn = ZooEntry(
    name: "cnn", summary: "32-64 convolutions of 3×3 and 128 dense, for 28×28 digits",
    input: InputPreset.mnist.input, classCount: 10, stem: "conv1.weight", head: "fc2.weight"
  ) { channels, classes in
    """
    conv1: Conv2d(\(channels), 32, 3, padding=1)
    relu1: ReLU()
    pool1: MaxPool2d(2)
    conv2: Conv2d(32, 64, 3, padding=1)
    relu2: ReLU()
    pool2: MaxPool2d(2)
    flatten: Flatten()
    fc1: Linear(3136, 128)
    relu3: ReLU()
    dropout: Dropout(0.5)
    fc2: Linear(128, \(classes))
    """
  }
}
