internal import VizFiles
internal import VizInput

/// MNIST's four files, or others of their kind: `train-images-idx3-ubyte`, within gzip or not.
///
/// - Source: LeCun, Cortes & Burges, yann.lecun.com/exdb/mnist; Xiao et al. 2017, arXiv:1708.07747.
struct MNISTFolder: DataReader {
  let path: String
  let classNames: [String]

  static let clothes = [
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
    "ankle boot",
  ]

  let isDivided = true

  var files: [String] {
    ["train", "t10k"].flatMap {
      names("\($0)-images", "idx3-ubyte") + names("\($0)-labels", "idx1-ubyte")
    }
    .filter { FileKind($0) != nil }
  }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let stem = part == .training ? "train" : "t10k"
    let imagePath = file(stem + "-images", "idx3-ubyte")
    let labelPath = file(stem + "-labels", "idx1-ubyte")
    let (images, labels) = (try IDXFile(imagePath), try IDXFile(labelPath))
    guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
      throw .corrupt(
        file: imagePath, record: nil, expected: "pictures of rows and columns",
        found: "\(images.shape)")
    }
    guard labels.shape == [images.shape[0]] else {
      throw .corrupt(
        file: labelPath, record: nil, expected: "\(images.shape[0]) labels",
        found: "\(labels.shape)")
    }
    if let i = labels.values.firstIndex(where: { Int($0) >= classNames.count }) {
      throw .corrupt(
        file: labelPath, record: i, expected: "a label of 0…\(classNames.count - 1)",
        found: "\(labels.values[i])")
    }
    var input = InputPreset.mnist.input
    (input.height, input.width) = (images.shape[1], images.shape[2])
    if classNames == Self.clothes { (input.mean, input.standardDeviation) = ([0.2860], [0.3530]) }
    return try DataSet(
      source: imagePath, classNames: classNames, labels: labels.values.map(Int.init),
      input: input,
      pictures: .bytes(images.values, offset: 0, stride: images.shape[1] * images.shape[2]))
  }

  /// The file under one of the names that are in use; the first where there is none, for the error.
  private func file(_ stem: String, _ ending: String) -> String {
    let paths = names(stem, ending)
    return paths.first { FileKind($0) != nil } ?? paths[0]
  }

  private func names(_ stem: String, _ ending: String) -> [String] {
    ["-", "."].flatMap { ["\(stem)\($0)\(ending)", "\(stem)\($0)\(ending).gz"] }
      .map { DataSource.path($0, in: path) }
  }
}
