import Testing
import VizCNN
import VizFiles
import VizImage
import VizInput
import VizNN
import VizTestSupport
import VizTraining

@Suite("Data to learn from")
struct DataSourceTests {
  private func error(_ word: String, _ part: DataSource.Part = .training) -> DatasetError? {
    do throws(DatasetError) {
      _ = try DataSource(word).read(part)
      return nil
    } catch {
      return error
    }
  }

  @Test("words name them, and a wrong one says what there is")
  func words() throws {
    #expect(try DataSource("mnist:a/b:c").path == "a/b:c")
    #expect(try DataSource("folder:x").text == "folder:x")
    for word in ["mnist", "mnist:", "mnits:x", ""] {
      #expect(throws: DatasetError.unknownSource(word)) { try DataSource(word) }
    }
    #expect("\(DatasetError.unknownSource("mnits:x"))".contains("did you mean 'mnist'?"))
    #expect(
      "\(DatasetError.unknownSource("mnist"))" == "'mnist' does not say where the data are")
  }

  @Test("MNIST's files, for training and for tests")
  func mnist() throws {
    let scratch = try Scratch()
    try scratch.makeDigits(30)
    try scratch.makeDigits(20, part: "t10k", seed: 2)
    let source = try DataSource("mnist:\(scratch.path)/")
    let data = try source.read(.training)
    #expect(data.count == 30 && data.labels.prefix(12) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    #expect(data.classNames.count == 10 && data.classCounts == Array(repeating: 3, count: 10))
    #expect((data.input.width, data.input.height, data.input.channels) == (8, 8, 1))
    // Those of the other part may not be overwritten either.
    let files = ["train", "t10k"].flatMap {
      ["\($0)-images-idx3-ubyte", "\($0)-labels-idx1-ubyte"]
    }
    #expect(data.files == files.map { scratch[$0] } && data.part == .training)
    let image = try data.image(at: 3)
    #expect(image.width == 8 && image.samples(as: UInt8.self)[3 * 8] >= 190)
    let test = try source.read(.test)
    #expect(test.count == 20)
    #expect(test.fingerprint != data.fingerprint)
    #expect(data.fingerprint == (try source.read(.training)).fingerprint)
  }

  @Test("wrong files of MNIST are told with file, record and value")
  func brokenMNIST() throws {
    let scratch = try Scratch()
    #expect(error("mnist:\(scratch.path)") != nil)
    try scratch.makeDigits(30)
    let labels = try scratch.bytes("train-labels-idx1-ubyte")
    var wrong = labels
    wrong[8 + 7] = 10
    try scratch.write(wrong, to: "train-labels-idx1-ubyte")
    #expect(
      error("mnist:\(scratch.path)")
        == .corrupt(
          file: scratch["train-labels-idx1-ubyte"], record: 7, expected: "a label of 0…9",
          found: "10"))
    // One label less, and the class of number 9 without any.
    try scratch.write(Scratch.idx([29], Array(labels[8..<37])), to: "train-labels-idx1-ubyte")
    #expect(error("mnist:\(scratch.path)") != nil)
    try scratch.write(
      Scratch.idx([30], labels[8...].map { $0 == 9 ? 0 : $0 }), to: "train-labels-idx1-ubyte")
    guard case .emptyClass("9", _)? = error("mnist:\(scratch.path)") else {
      Issue.record("an empty class is taken")
      return
    }
    let images = try scratch.bytes("train-images-idx3-ubyte")
    // No pictures, of a size whose product is no number of a word.
    let hostile = [0, 0, 8, 3, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 8)
    try scratch.write(hostile, to: "train-images-idx3-ubyte")
    #expect(error("mnist:\(scratch.path)") != nil)
    for count in [0, 3, 15, 16, images.count - 1] {
      try scratch.write(Array(images[..<count]), to: "train-images-idx3-ubyte")
      #expect(error("mnist:\(scratch.path)") != nil, "\(count) bytes")
    }
  }

  @Test("CIFAR-10's binary files, as many as there are")
  func cifar() throws {
    let scratch = try Scratch()
    func record(_ label: UInt8, _ value: UInt8) -> [UInt8] {
      [label] + (0..<3).flatMap { [UInt8](repeating: value + UInt8($0), count: 1024) }
    }
    let all = (0..<10).flatMap { record(UInt8($0), UInt8($0) * 20) }
    try scratch.write(all, to: "cifar-10-batches-bin/data_batch_2.bin")
    try scratch.write(all + all, to: "cifar-10-batches-bin/data_batch_5.bin")
    let data = try DataSource("cifar10:\(scratch.path)").read(.training)
    #expect(data.count == 30 && data.classNames[3] == "cat")
    let pixel = try data.image(at: 24).samples(as: UInt8.self).prefix(3)
    #expect(pixel == [80, 81, 82])
    let batch = try Loader(data).batch([24])
    #expect(batch.labels == [4] && batch.inputs.shape == [1, 3, 32, 32])
    #expect(abs(batch.inputs[0, 1, 5, 5] - Float((81.0 / 255 - 0.4822) / 0.2435)) < 1e-6)
    #expect(error("cifar10:\(scratch.path)", .test) != nil)
    try scratch.write(all + [1], to: "cifar-10-batches-bin/test_batch.bin")
    guard case .corrupt(_, 10, _, _)? = error("cifar10:\(scratch.path)", .test) else {
      Issue.record("a cut record is taken")
      return
    }
    try scratch.write(record(10, 0), to: "cifar-10-batches-bin/test_batch.bin")
    guard case .corrupt(_, 0, _, "10")? = error("cifar10:\(scratch.path)", .test) else {
      Issue.record("a label of 10 is taken")
      return
    }
  }

  private func picture(_ level: UInt8, width: Int = 4) throws -> [UInt8] {
    try ImageEncoder.encode(
      Image(
        width: width, height: 3, layout: .gray, samples: [UInt8](repeating: level, count: 3 * width)
      ),
      as: .png)
  }

  @Test("data of one kind under the name of another are told, and what they are")
  func otherKinds() throws {
    let scratch = try Scratch()
    try scratch.write([0], to: "c/data_batch_1.bin")
    try scratch.write([0], to: "m/train-images-idx3-ubyte")
    for (word, folder, expected, found) in [
      ("mnist", "c", DataSource.Kind.mnist, DataSource.Kind.cifar10),
      ("fashion-mnist", "c", .fashionMNIST, .cifar10), ("folder", "c", .folder, .cifar10),
      ("cifar10", "m", .cifar10, .mnist), ("folder", "m", .folder, .mnist),
      ("csv", "m", .csv, .mnist),
    ] {
      let found = DatasetError.otherKind(folder: scratch[folder], expected: expected, found: found)
      #expect(error("\(word):\(scratch[folder])") == found)
    }
    let refused = error("mnist:\(scratch["c"])")
    #expect(refused?.hint == "such data are cifar10:\(scratch["c"])")
    // Data of the kind itself, however broken, are that.
    #expect(error("cifar10:\(scratch["c"])")?.description.contains("data_batch_1.bin") == true)
    #expect(error("fashion-mnist:\(scratch["m"])")?.description.contains("idx3") == true)
    // CIFAR's batches for Python are no data for either.
    try scratch.write([0], to: "py/data_batch_1")
    #expect(error("mnist:\(scratch["py"])")?.description.contains("idx3") == true)
    try scratch.write(picture(1), to: "c/class/a.png")
    #expect(error("folder:\(scratch["c"])")?.description.contains("data_batch") != true)
  }

  @Test("a folder for each class, with means and deviations of its own")
  func folder() throws {
    let scratch = try Scratch()
    try scratch.write(picture(0), to: "dark/a.png")
    try scratch.write(picture(255), to: "light/b.png")
    try scratch.write(picture(255), to: "light/c.png")
    let data = try DataSource("folder:\(scratch.path)").read(.training)
    #expect(data.classNames == ["dark", "light"] && data.labels == [0, 1, 1])
    #expect(data.name(of: 2) == scratch["light/c.png"])
    #expect(data.input.channels == 1 && data.input.width == 4)
    #expect(data.input.mean == [0.6667] && data.input.standardDeviation == [0.4714])
    #expect(data.part == nil && data.files.count == 3)
    try scratch.write([1, 2, 3], to: "light/d.png")
    guard case .image? = error("folder:\(scratch.path)") else {
      Issue.record("a file that is no picture is taken")
      return
    }
  }

  @Test("a table of paths and labels")
  func table() throws {
    let scratch = try Scratch()
    for name in ["a", "b", "c"] { try scratch.write(picture(9), to: "p/\(name).png") }
    let text = "path,label\np/a.png,10\np/b.png,9\np/c.png,10\n"
    try scratch.write(Array(text.utf8), to: "list.csv")
    let data = try DataSource("csv:\(scratch["list.csv"])").read(.training)
    #expect(data.classNames == ["9", "10"] && data.labels == [1, 0, 1])
    // Numbers by their size, whatever the order in which they come; words behind them.
    let names = ["4", "11b", "30", "02", "9", "3c", "10", "1a", "2"]
    for shift in 0..<names.count {
      let rows = names.indices.map { "p/a.png,\(names[($0 + shift) % names.count])\n" }
      try scratch.write(Array(rows.joined().utf8), to: "list.csv")
      let classes = try DataSource("csv:\(scratch["list.csv"])").read(.training).classNames
      #expect(
        classes == ["02", "2", "4", "9", "10", "30", "11b", "1a", "3c"])
    }
    let float = try ImageEncoder.encode(
      Image(width: 2, height: 1, layout: .gray, samples: [Float.nan, 0.5]), as: .pfm)
    try scratch.write(float, to: "p/n.pfm")
    try scratch.write(Array("p/n.pfm,x\np/n.pfm,y\n".utf8), to: "list.csv")
    #expect(
      error("csv:\(scratch["list.csv"])")
        == .corrupt(
          file: scratch["p/n.pfm"], record: nil, expected: "numbers", found: "NaN or infinity"))
    let list = scratch["list.csv"]
    try scratch.write(Array("path,label\r\n\r\np/a.png,x\r\nnothing\r\n".utf8), to: "list.csv")
    #expect(
      error("csv:\(list)")
        == .row(file: list, line: 4, expected: "path,label", found: "nothing"))
    try scratch.write(Array("p/a.png,x\n\np/lost.png,y\n".utf8), to: "list.csv")
    let lost = error("csv:\(list)")
    #expect(
      lost?.description.hasPrefix("\(list), line 3: ") ?? false, "\(lost?.description ?? "none")")
    #expect(lost?.description.hasSuffix(scratch["p/lost.png"]) ?? false)
    #expect(lost?.hint == "paths in a table begin at the folder that the table is in")
    try scratch.write([0xFF, 0xFE], to: "list.csv")
    #expect(error("csv:\(scratch["list.csv"])") != nil)
  }

  @Test("spaces around paths and classes of a table belong to neither")
  func tableSpaces() throws {
    let scratch = try Scratch()
    for name in ["a", "b", "my c"] { try scratch.write(picture(9), to: "\(name).png") }
    let list = scratch["list.csv"]
    let text =
      "\u{FEFF}path, label\r\na.png,red \r\n\tb.png\t,\tred\r\n \t\r\nmy c.png , dark red\r\n"
    #expect(Array(text.utf8).starts(with: [0xEF, 0xBB, 0xBF]))
    try scratch.write(Array(text.utf8), to: "list.csv")
    let data = try DataSource("csv:\(list)").read(.training)
    #expect(data.classNames == ["dark red", "red"] && data.labels == [1, 1, 0])
    #expect(data.name(of: 2) == scratch["my c.png"])
    for row in ["a.png, ", " ,red", ",", "a.png red"] {
      try scratch.write(Array("a.png,x\n\(row)\n".utf8), to: "list.csv")
      #expect(
        error("csv:\(list)")
          == .row(file: list, line: 2, expected: "path,label", found: row), "\(row)")
    }
    // A mark that combines with what is before it is the class's, not the comma's.
    let marked = try TableRow.all(in: Array("a,\t\u{301}x\nb,\u{301}x\n".utf8))
    #expect(marked.map(\.name) == ["\u{301}x", "\u{301}x"] && marked.map(\.path) == ["a", "b"])
  }

  @Test("fields of a table may be quoted, and its heading may have other words and columns")
  func tableFields() throws {
    func rows(_ text: String) throws -> [String] {
      try TableRow.all(in: Array(text.utf8)).map { "\($0.line) \($0.path)|\($0.name)" }
    }
    #expect(
      try rows("\"a, b.png\",cat\n \"say \"\"x\"\".png\" , \"big, red\"\r\n\"two\r\nlines\",c\nd,e")
        == ["1 a, b.png|cat", "2 say \"x\".png|big, red", "3 two\r\nlines|c", "5 d|e"])
    // Without quotes the class is behind the last comma, as a path may have some.
    #expect(try rows("a,b.png,cat\npath,label\n") == ["1 a,b.png|cat", "2 path|label"])
    #expect(try rows("path,label\na,b.png,cat\n") == ["2 a,b.png|cat"])
    for heading in ["file,class", "Filename, Target", "image_path,category", "\"Image\",\"Label\""]
    {
      #expect(try rows("\(heading)\na.png,x\n") == ["2 a.png|x"], "\(heading)")
    }
    #expect(
      try rows("id,label,split,filename\n7,cat,train,\"a,b.png\"\n") == ["2 a,b.png|cat"])
    for (text, line, expected, found) in [
      ("id,label,file\n1,cat\n", 2, "id,label,file", "1,cat"),
      ("id,label,file\n1,cat,a,b\n", 2, "id,label,file", "1,cat,a,b"),
      ("label,file\ncat\n", 2, "label,file", "cat"),
      ("\"a.png\",x,y\n", 1, "path,label", "\"a.png\",x,y"),
      ("a,b\n\"c,d\ne,f\n", 2, "a quote that ends the field", "none"),
      (
        "\"a\"b,c\n", 1, "a comma behind a quoted field, with quotes in it doubled", "b"
      ),
    ] {
      #expect(
        throws: DatasetError.row(file: "CSV", line: line, expected: expected, found: found),
        "\(text)"
      ) { try rows(text) }
    }
  }

  @Test("a heading that no one knows is told with those that are known")
  func unknownHeading() throws {
    let scratch = try Scratch()
    try scratch.write(picture(9), to: "a, b.png")
    try scratch.write(picture(8), to: "c.png")
    try scratch.write(
      Array("foto,sort\n\"a, b.png\",x\nc.png,y\n".utf8), to: "list.csv")
    let message = error("csv:\(scratch["list.csv"])")?.description ?? "none"
    #expect(message.contains("line 1: expected a picture's path and its class, or a heading such"))
    #expect(message.contains("found foto,sort, and no file"), "\(message)")
    try scratch.write(
      Array("image,category\n\"a, b.png\",x\nc.png,y\n".utf8), to: "list.csv")
    let data = try DataSource("csv:\(scratch["list.csv"])").read(.training)
    #expect(data.classNames == ["x", "y"] && data.name(of: 0) == scratch["a, b.png"])
  }

  @Test("folders train and test are parts, and one of pictures is a class of that name")
  func parts() throws {
    let scratch = try Scratch()
    try scratch.write(picture(1), to: "train/dark/a.png")
    try scratch.write(picture(255), to: "train/light/b.png")
    try scratch.write(picture(2), to: "train/light/c.png")
    // A part that is not there is not replaced by the other one.
    #expect(
      error("folder:\(scratch.path)", .test) == .file(.missing(path: scratch["test"])))
    try scratch.write(picture(1), to: "test/dark/a.png")
    try scratch.write(picture(255), to: "test/light/b.png")
    let source = try DataSource("folder:\(scratch.path)")
    let (training, test) = (try source.read(.training), try source.read(.test))
    #expect(training.count == 3 && training.part == .training)
    #expect(test.count == 2 && test.part == .test)
    #expect(test.files.count == 5 && test.files == training.files)
    let other = try Scratch()
    for name in ["car", "train"] { try other.write(picture(9), to: "\(name)/a.png") }
    let vehicles = try DataSource("folder:\(other.path)").read(.training)
    #expect(vehicles.classNames == ["car", "train"] && vehicles.part == nil)
  }

  @Test("the fingerprint is that of the pictures' bytes, wherever they lie")
  func fingerprint() throws {
    let (scratch, moved) = (try Scratch(), try Scratch())
    func fingerprint(_ scratch: Scratch) throws -> String {
      try DataSource("folder:\(scratch.path)").read(.training).fingerprint
    }
    for place in [scratch, moved] {
      for name in ["x/a", "x/b", "y/c"] { try place.write(picture(7), to: "\(name).png") }
    }
    let before = try fingerprint(scratch)
    #expect(try fingerprint(moved) == before)
    // Another picture of the same name and length.
    var bytes = try scratch.bytes("x/b.png")
    let pixel = try ImageEncoder.encode(
      Image(width: 4, height: 3, layout: .gray, samples: [UInt8](repeating: 7, count: 11) + [8]),
      as: .pgm)
    bytes = try ImageEncoder.encode(try ImageDecoder.decode(bytes), as: .pgm)
    #expect(bytes.count == pixel.count && bytes != pixel)
    for place in [scratch, moved] { try place.write(bytes, to: "x/b.png") }
    let same = try fingerprint(scratch)
    try moved.write(pixel, to: "x/b.png")
    #expect(try fingerprint(moved) != same && fingerprint(scratch) == same && same != before)
    try scratch.write(Array("x/a.png,1\nx/b.png,2\n".utf8), to: "list.csv")
    try moved.write(Array("x/a.png,1\nx/b.png,2\n".utf8), to: "list.csv")
    let tables = try [scratch, moved].map {
      try DataSource("csv:\($0["list.csv"])").read(.training).fingerprint
    }
    #expect(tables[0] != tables[1])
  }

  @Test("a share of every class is held back, drawn by the seed")
  func split() throws {
    let scratch = try Scratch()
    try scratch.makeDigits(205)
    let data = try DataSource("mnist:\(scratch.path)").read(.training)
    let split = DataSplit(data, validation: 0.1, seed: 3)
    #expect(split.validation.count == 20 && split.training.count == 185)
    #expect(Set(split.validation + split.training).count == 205)
    for label in 0..<10 {
      #expect(split.validation.count { data.labels[$0] == label } == 2)
    }
    #expect(split == DataSplit(data, validation: 0.1, seed: 3))
    #expect(split != DataSplit(data, validation: 0.1, seed: 4))
    #expect(DataSplit(data, validation: 0, seed: 3).validation.isEmpty)
    let order = Loader.order(split.training, seed: 3, epoch: 0)
    #expect(order.sorted() == split.training && order != split.training)
    #expect(order != Loader.order(split.training, seed: 3, epoch: 1))
  }

  @Test("few pictures a class give one of some classes, and never a class's last")
  func fewPictures() throws {
    let scratch = try Scratch()
    let pixel = Image(width: 1, height: 1, layout: .gray, samples: [UInt8(7)])
    try scratch.write(ImageEncoder.encode(pixel, as: .png), to: "pixel.png")
    func held(_ sizes: [Int], _ share: Double) throws -> [Int] {
      let labels = sizes.enumerated().flatMap { label, size in [Int](repeating: label, count: size)
      }
      let rows = labels.map { "pixel.png,c\($0)\n" }.joined()
      try scratch.write(Array(("path,label\n" + rows).utf8), to: "list.csv")
      let data = try DataSource("csv:\(scratch["list.csv"])").read(.training)
      let split = DataSplit(data, validation: share, seed: 1)
      #expect(split == DataSplit(data, validation: share, seed: 1))
      #expect((split.training + split.validation).sorted() == Array(labels.indices))
      return sizes.indices.map { label in split.validation.count { labels[$0] == label } }
    }
    #expect(try held([4, 4, 4, 4, 4], 0.1) == [1, 1, 0, 0, 0])
    #expect(try held([2, 4, 3, 4, 1], 0.1) == [0, 1, 0, 0, 0])
    #expect(try held([3, 3, 4], 0.1) == [0, 0, 1])
    #expect(try held([2, 2], 0.1) == [0, 0] && held([4, 4], 0) == [0, 0])
    #expect(try held([1, 1, 1, 1], 0.9) == [0, 0, 0, 0])
    // As soon as one class gives some the others give what is nearest to their own share.
    #expect(try held([5, 4, 14], 0.1) == [1, 0, 1])
  }

  @Test("pictures that are changed first go the same way, and draw by their number")
  func augmentation() throws {
    let scratch = try Scratch()
    try scratch.makeDigits(20)
    let data = try DataSource("mnist:\(scratch.path)").read(.training)
    let plain = try Loader(data).batch([3, 7])
    let same = try Loader(data, augmentation: Augmentation(text: "affine(0)")).batch([3, 7])
    #expect(plain.inputs == same.inputs)
    let random = try Loader(
      data, augmentation: Augmentation(text: "RandomCrop(8, padding=3), ColorJitter(0.5)"))
    let both = try random.batch([3, 7], seed: 1, epoch: 2).inputs
    let alone = try random.batch([7], seed: 1, epoch: 2).inputs
    let later = try random.batch([3, 7], seed: 1, epoch: 3).inputs
    #expect(both.element(1) == alone.element(0) && both != later)
  }

  @Test("the real files", .needsData)
  func real() throws {
    let mnist = try DataSource("mnist:\(DataFolder.path("mnist"))")
    #expect(try mnist.read(.training).count == 60_000)
    #expect(try mnist.read(.test).count == 10_000)
    let cifar = try DataSource("cifar10:\(DataFolder.path("cifar-10-batches-bin"))")
    #expect(try cifar.read(.training).count == 20_000)
    #expect(try cifar.read(.test).count == 10_000)
  }
}
