import Testing
import VizCNN
import VizNN
import VizTestSupport
import VizTraining

/// The steps that a text comes to for a picture of a size.
func drawn(_ text: String, _ size: PictureSize, seed: UInt64 = 1) throws -> [PictureStep] {
  var generator = SeededGenerator(seed: seed)
  return try Augmentation(text: text).items.flatMap {
    try $0.steps(for: size, using: &generator)
  }
}

@Suite("Augmentation")
struct AugmentationTests {
  private let size = PictureSize(width: 20, height: 10)

  @Test("text is read in torchvision's words, and written so that it can be read again")
  func texts() throws {
    for (text, written) in [
      (
        "RandomCrop(32, padding=4), RandomHorizontalFlip()",
        "RandomCrop(size=32, padding=4), RandomHorizontalFlip()"
      ),
      (
        "transforms.Compose([transforms.RandomRotation(10.0), T.ToTensor(),])",
        "RandomRotation(degrees=10.0), ToTensor()"
      ),
      (
        "RandomAffine(0, translate=(0.1, 0.2), interpolation=InterpolationMode.BILINEAR)\nGrayscale(3)",
        "RandomAffine(degrees=0, translate=(0.1, 0.2), interpolation='InterpolationMode.BILINEAR'), Grayscale(num_output_channels=3)"
      ),
      ("RandomHorizontalFlip(p=0.5)", "RandomHorizontalFlip()"),
    ] {
      let found = try Augmentation(text: text)
      #expect(found.text == written)
      #expect(try Augmentation(text: found.text) == found)
    }
  }

  @Test("mistakes say what was found and what is expected")
  func mistakes() {
    for (text, words) in [
      ("", "expected a transform"), ("RandomCrop", "expected '('"),
      ("RandomCrop()", "'size' is nothing"),
      ("RandomCropp(3)", "did you mean 'RandomCrop'?"), ("RandomCrop(0)", "'size' is 0"),
      ("RandomCrop(4, paddin=1)", "'paddin' is unknown"),
      ("RandomCrop(1, 2, False, 0, 'wrap')", "'constant'"),
      ("RandomHorizontalFlip(1.5)", "'p' is 1.5"), ("RandomRotation(-3)", "'degrees' is -3"),
      ("RandomRotation((3, 1))", "the lower number first"),
      ("ColorJitter(hue=0.6)", "'hue' is 0.6"),
      ("ColorJitter(inf)", "'brightness'"), ("RandomAffine(0, translate=(2, 0))", "'translate'"),
      ("affine(shear=90)", "'shear'"), ("affine(scale=0)", "'scale'"), ("Grayscale(2)", "1 or 3"),
      ("Normalize(0.5, 0)", "'std'"), ("Normalize(0.5, 0.5), Resize(3)", "Resize behind it"),
      ("Compose(3)", "a list of transforms"), ("Resize(8, max_size=9)", "'max_size'"),
      ("Resize(1e300)", "'size'"), ("RandomResizedCrop(8, scale=(0, 1))", "'scale'"),
      ("RandomCrop(RandomCrop(3))", "numbers or texts"),
    ] {
      do throws(PipelineError) {
        let found = try Augmentation(text: text)
        Issue.record("\(text) became \(found.text)")
      } catch {
        #expect(error.message.contains(words), "\(text): \(error.message)")
        #expect(error.status == .usage)
      }
    }
  }

  @Test("what is random stays within its bounds, reaches them, and follows from the seed")
  func draws() throws {
    var places: Set<Int> = []
    var flips = 0
    for seed in 0..<400 as Range<UInt64> {
      let steps = try drawn(
        "RandomCrop((8, 18), padding=1), RandomHorizontalFlip(0.25)", size, seed: seed)
      guard case .cropped(let left, let top, 18, 8)? = steps.dropFirst().first else {
        Issue.record("\(steps)")
        return
      }
      #expect(0...4 ~= left && 0...4 ~= top)
      places.insert(left * 5 + top)
      if steps.last == .flippedHorizontally { flips += 1 }
      #expect(
        try drawn("RandomRotation(30)", size, seed: seed)
          == drawn("RandomRotation(30)", size, seed: seed))
    }
    #expect(places.count == 25)
    // 400 tosses: five deviations of 8.7 around 100.
    #expect(57...143 ~= flips)
    var orders: Set<String> = []
    for seed in 0..<300 as Range<UInt64> {
      let steps = try drawn("ColorJitter(0.5, (0.2, 0.4), 0.1, hue=0.1)", size, seed: seed)
      var names: [String] = []
      for step in steps {
        switch step {
        case .brightness(let factor): #expect(0.5...1.5 ~= factor); names.append("b")
        case .contrast(let factor): #expect(0.2...0.4 ~= factor); names.append("c")
        case .saturation(let factor): #expect(0.9...1.1 ~= factor); names.append("s")
        case .hue(let turns): #expect(-0.1...0.1 ~= turns); names.append("h")
        default: Issue.record("\(step)")
        }
      }
      orders.insert(names.joined())
    }
    #expect(orders.count == 24)
  }

  @Test("parts of random area lie within the picture, also where none of the shapes fits")
  func randomParts() throws {
    for (text, size) in [
      ("RandomResizedCrop(5)", size), ("RandomResizedCrop((4, 7), scale=(0.5, 1))", size),
      ("RandomResizedCrop(5)", PictureSize(width: 1, height: 300)),
      ("RandomResizedCrop(5, ratio=(2, 3))", PictureSize(width: 300, height: 1)),
    ] {
      for seed in 0..<100 as Range<UInt64> {
        let steps = try drawn(text, size, seed: seed)
        guard case .cropped(let left, let top, let width, let height)? = steps.first else {
          Issue.record("\(steps)")
          return
        }
        #expect(left >= 0 && top >= 0 && width > 0 && height > 0)
        #expect(left + width <= size.width && top + height <= size.height)
      }
    }
  }

  @Test("a picture that is too small, or would become too large, is told")
  func sizes() throws {
    let small = Pixels(width: 3, height: 2, channels: 1, samples: [1, 2, 3, 4, 5, 6])
    for text in ["RandomCrop(4)", "RandomCrop((2, 4)), Resize(3)"] {
      var generator = SeededGenerator(seed: 1)
      let augmentation = try Augmentation(text: text)
      #expect(throws: PictureTransformError.self) {
        try augmentation.applied(to: small, using: &generator)
      }
    }
    let long = Pixels(
      width: 9_000, height: 1, channels: 1, samples: Array(repeating: 0, count: 9_000))
    var generator = SeededGenerator(seed: 1)
    let augmentation = try Augmentation(text: "Resize(8192)")
    #expect(throws: PictureTransformError.self) {
      try augmentation.applied(to: long, using: &generator)
    }
    // Where Pillow counts in 16 bits, and where it cannot.
    let wild = try Augmentation(
      text: "affine(33, translate=(65536, 1), scale=0.001, shear=(89, -89))")
    #expect(try wild.applied(to: small, using: &generator).samples == [0, 0, 0, 0, 0, 0])
  }

  @Test("the network's input follows from the transforms")
  func inputs() throws {
    let scratch = try Scratch()
    try scratch.makeDigits(20)
    let data = try DataSource("mnist:\(scratch.path)").read(.training)
    func loader(_ text: String) throws -> Loader {
      try Loader(data, augmentation: Augmentation(text: text))
    }
    #expect(try loader("RandomCrop(6)").input.width == 6)
    let resized = try loader("Resize(12), CenterCrop((10, 12)), Normalize(0.25, 0.5)")
    #expect((resized.input.height, resized.input.width, resized.input.resizeSide) == (10, 12, 12))
    #expect(resized.input.mean == [0.25] && resized.input.standardDeviation == [0.5])
    // What is held back goes the same way, without chance.
    let plain = Loader(data, input: resized.input)
    #expect(try plain.batch([1, 2]).inputs == resized.batch([1, 2]).inputs)
    // Without a Resize the scale stays; a pair counts, and so does a part that is made larger.
    for (text, side) in [
      ("RandomCrop(6)", 8), ("CenterCrop(6)", 8), ("Resize((16, 16)), RandomCrop(12)", 16),
      ("RandomCrop(4), Resize(8)", 16), ("RandomResizedCrop(8, (0.25, 0.25), (1, 1))", 16),
      ("RandomCrop(8, padding=2)", nil), ("Resize((16, 16))", nil), ("CenterCrop(10)", 8),
    ] as [(String, Int?)] {
      #expect(try loader(text).input.resizeSide == side, "\(text)")
    }
    for text in ["CenterCrop(6)", "CenterCrop(10)", "Resize((16, 16)), CenterCrop(12)"] {
      let cut = try loader(text)
      #expect(
        try Loader(data, input: cut.input).batch([3]).inputs == cut.batch([3]).inputs, "\(text)")
      // Pictures that are moved keep their scale.
      let moved = try Loader(data, input: cut.input, augmentation: Augmentation(text: "affine()"))
      #expect(try moved.batch([3]).inputs == cut.batch([3]).inputs, "\(text)")
    }
    let near = try loader("RandomResizedCrop(8, (0.25, 0.25), (1, 1))").input
    let moved = try Loader(data, input: near, augmentation: Augmentation(text: "affine()"))
    #expect(try moved.batch([3]).inputs == Loader(data, input: near).batch([3]).inputs)
    #expect(try moved.batch([3]).inputs != Loader(data).batch([3]).inputs)
    let colored = try loader("Grayscale(3), ColorJitter(saturation=0.5)")
    #expect(colored.input.channels == 3 && colored.input.mean.count == 3)
    let batch = try colored.batch([4]).inputs
    #expect(batch.shape == [1, 3, 8, 8])
    #expect(throws: DatasetError.self) { try loader("Normalize((1, 2, 3), (1, 1, 1))") }
    #expect(throws: DatasetError.self) { try loader("RandomCrop(9)").batch([0]) }
  }
}
