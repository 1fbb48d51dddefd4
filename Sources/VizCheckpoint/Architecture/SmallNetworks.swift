internal import VizInput

/// Networks that learn small pictures in minutes: what a convolution buys is the difference between the first two.
enum SmallNetworks {
  /// Every pixel by itself: two hidden layers, numbers left out while it learns.
  static let mlp = ZooEntry(
    name: "mlp", summary: "784-512-512-10 with dropout, for 28×28 digits",
    input: InputPreset.mnist.input, classCount: 10, stem: "fc1.weight", head: "fc3.weight"
  ) { place in
    """
    flatten: Flatten()
    fc1: Linear(\(place.channels * place.height * place.width), 512)
    relu1: ReLU()
    dropout1: Dropout(0.2)
    fc2: Linear(512, 512)
    relu2: ReLU()
    dropout2: Dropout(0.2)
    fc3: Linear(512, \(place.classes))
    """
  }

  /// Windows that move: two convolutions, each with a maximum of 2×2, and two dense layers.
  static let cnn = ZooEntry(
    name: "cnn", summary: "32-64 convolutions of 3×3 and 128 dense, for 28×28 digits",
    input: InputPreset.mnist.input, classCount: 10, stem: "conv1.weight", head: "fc2.weight",
    leastSide: 4
  ) { place in
    """
    conv1: Conv2d(\(place.channels), 32, 3, padding=1)
    relu1: ReLU()
    pool1: MaxPool2d(2)
    conv2: Conv2d(32, 64, 3, padding=1)
    relu2: ReLU()
    pool2: MaxPool2d(2)
    flatten: Flatten()
    fc1: Linear(\(64 * (place.height / 4) * (place.width / 4)), 128)
    relu3: ReLU()
    dropout: Dropout(0.5)
    fc2: Linear(128, \(place.classes))
    """
  }

  /// The first network of this kind, with its hyperbolic tangents and means; its 32×32 input is the padding here.
  ///
  /// - Source: LeCun, Bottou, Bengio & Haffner 1998, figure 2, with every map of the second convolution joined to all of
  ///   the first.
  static let lenet = ZooEntry(
    name: "lenet", summary: "LeNet-5: 6-16 convolutions of 5×5, 120-84-10 dense",
    input: InputPreset.mnist.input, classCount: 10, stem: "conv1.weight", head: "fc3.weight",
    leastSide: 12
  ) { place in
    """
    conv1: Conv2d(\(place.channels), 6, 5, padding=2)
    tanh1: Tanh()
    pool1: AvgPool2d(2)
    conv2: Conv2d(6, 16, 5)
    tanh2: Tanh()
    pool2: AvgPool2d(2)
    flatten: Flatten()
    fc1: Linear(\(16 * ((place.height / 2 - 4) / 2) * ((place.width / 2 - 4) / 2)), 120)
    tanh3: Tanh()
    fc2: Linear(120, 84)
    tanh4: Tanh()
    fc3: Linear(84, \(place.classes))
    """
  }

  /// Three convolutions, each with a maximum of 2×2, and two dense layers, for small colour pictures.
  static let cifar = ZooEntry(
    name: "cifar-cnn", summary: "32-64-128 convolutions of 3×3 and 256 dense, for 32×32 pictures",
    input: InputPreset.cifar10.input, classCount: 10, stem: "conv1.weight", head: "fc2.weight",
    leastSide: 8
  ) { place in
    """
    conv1: Conv2d(\(place.channels), 32, 3, padding=1)
    relu1: ReLU()
    pool1: MaxPool2d(2)
    conv2: Conv2d(32, 64, 3, padding=1)
    relu2: ReLU()
    pool2: MaxPool2d(2)
    conv3: Conv2d(64, 128, 3, padding=1)
    relu3: ReLU()
    pool3: MaxPool2d(2)
    flatten: Flatten()
    dropout1: Dropout(0.25)
    fc1: Linear(\(128 * (place.height / 8) * (place.width / 8)), 256)
    relu4: ReLU()
    dropout2: Dropout(0.25)
    fc2: Linear(256, \(place.classes))
    """
  }
}
