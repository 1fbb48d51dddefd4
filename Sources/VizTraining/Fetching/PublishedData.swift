/// Data that others publish: names, lengths and checksums of files, and where they can be had.
public struct PublishedData: Sendable {
  public struct File: Equatable, Sendable {
    public let name: String
    public let byteCount: Int
    /// As its publisher states it, in hexadecimal digits.
    public let md5: String

    public init(_ name: String, byteCount: Int, md5: String) {
      self.name = name
      self.byteCount = byteCount
      self.md5 = md5
    }
  }

  public let kind: DataSource.Kind
  public let files: [File]
  /// Addresses that a file's name is appended to; they are tried in this order.
  public let mirrors: [String]

  public init(_ kind: DataSource.Kind, files: [File], mirrors: [String]) {
    self.kind = kind
    self.files = files
    self.mirrors = mirrors
  }

  /// A network that learns these in minutes.
  public var usualNetwork: String { kind == .cifar10 ? "cifar-cnn" : "cnn" }

  public static let all = [mnist, fashionMNIST, cifar10]

  /// - Source: checksums of torchvision's `MNIST.resources`.
  static let mnist = PublishedData(
    .mnist,
    files: idxFiles(
      (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"), (28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
      (1_648_877, "9fb629c4189551a2d022fa330f9573f3"), (4_542, "ec29112dd5afa0611ce80d1b7f02629c")),
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ])

  /// - Source: checksums of the data's own page, github.com/zalandoresearch/fashion-mnist.
  static let fashionMNIST = PublishedData(
    .fashionMNIST,
    files: idxFiles(
      (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
      (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
      (4_422_102, "bef4ecab320f06d8554ea6380940ec79"), (5_148, "bb300cfdad3c16e7a12a480ee83cd310")),
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ])

  /// Pictures and labels to learn from, pictures and labels to test with.
  private static func idxFiles(_ facts: (byteCount: Int, md5: String)...) -> [File] {
    let names = ["train", "t10k"].flatMap {
      ["\($0)-images-idx3-ubyte.gz", "\($0)-labels-idx1-ubyte.gz"]
    }
    return zip(names, facts).map { File($0, byteCount: $1.byteCount, md5: $1.md5) }
  }

  /// - Source: the checksum of the data's own page, www.cs.toronto.edu/~kriz/cifar.html.
  static let cifar10 = PublishedData(
    .cifar10,
    files: [
      File(
        CIFARFolder.archiveName, byteCount: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530")
    ],
    mirrors: [
      "https://www.cs.toronto.edu/~kriz/",
      "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
    ])
}
