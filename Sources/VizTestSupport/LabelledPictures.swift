internal import VizFiles
package import VizImage
internal import VizTraining

/// The first pictures of a data set, with what they show.
package struct LabelledPictures: Sendable {
  package let pictures: [Image]
  package let labels: [Int]

  package struct Malformed: Error {}

  /// Gray pictures and their labels, each in an IDX file.
  package init(images: String, labels: String, count: Int) throws {
    let (images, labels) = (try IDXFile(images), try IDXFile(labels))
    guard images.shape.count == 3, images.shape[1] > 0, images.shape[2] > 0,
      images.shape[0] >= count, labels.shape == [images.shape[0]]
    else { throw Malformed() }
    let (height, width) = (images.shape[1], images.shape[2])
    pictures = (0..<count).map { n in
      let start = n * height * width
      return Image(
        width: width, height: height, layout: .gray,
        samples: Array(images.values[start..<start + height * width]))
    }
    self.labels = labels.values.prefix(count).map(Int.init)
  }

  /// CIFAR-10's binary files: a label, then 32×32 bytes of red, of green and of blue, for each picture.
  package init(cifar path: String, count: Int) throws {
    let plane = 32 * 32
    let bytes = try FileContents.read(path)
    guard bytes.count % (1 + 3 * plane) == 0, bytes.count >= count * (1 + 3 * plane) else {
      throw Malformed()
    }
    let starts = (0..<count).map { $0 * (1 + 3 * plane) }
    labels = starts.map { Int(bytes[$0]) }
    pictures = starts.map { start in
      let planes = (0..<3).map { c in
        let first = start + 1 + c * plane
        return Plane(width: 32, height: 32, samples: Array(bytes[first..<first + plane]))
      }
      return Image(planes: planes)
    }
  }

  /// The digits that MNIST keeps for tests, or those to learn from; in the folder of `DataFolder`.
  package static func mnist(_ part: String = "t10k", count: Int) throws -> LabelledPictures {
    try LabelledPictures(
      images: DataFolder.path("mnist/\(part)-images-idx3-ubyte.gz"),
      labels: DataFolder.path("mnist/\(part)-labels-idx1-ubyte.gz"), count: count)
  }

  /// 900 pieces of clothing of Fashion-MNIST.
  package static func fashion() throws -> LabelledPictures {
    try LabelledPictures(
      images: DataFolder.path("fashion-mnist/sprite900-images-idx3-ubyte"),
      labels: DataFolder.path("fashion-mnist/sprite900-labels-idx1-ubyte"), count: 900)
  }

  /// CIFAR-10's pictures of a file, `test_batch` say.
  package static func cifar10(_ file: String, count: Int) throws -> LabelledPictures {
    try LabelledPictures(cifar: DataFolder.path("cifar-10-batches-bin/\(file).bin"), count: count)
  }
}
