import Foundation
import Testing
import VizCNN

@Suite("vizcnn train on bad data")
struct TrainFailureTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.makeDigits("digits", count: 60)
    try place.makeBatch("cifar", count: 20)
    try place.makeRows("photos/train", count: 15)
    let rows = (0..<4).flatMap { label in
      (0..<15).map { "photos/train/row\(label)/\($0).png,row\(label)\n" }
    }
    try place.make("table.csv", "path,label\n" + rows.joined())
    for (name, inputs, classes) in [("digits", 64, 10), ("cifar", 3072, 10), ("photos", 64, 4)] {
      try place.make("\(name).net", "flatten: Flatten()\nfc: Linear(\(inputs), \(classes))\n")
    }
  }

  private func begin(_ data: String, net: String) throws {
    let outcome = try Command.run(
      [
        "train", "--data", data, "--net", net, "-o", "a.ckpt", "--epochs", "1",
        "--schedule", "constant", "-q", "--force",
      ],
      in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  /// Writes over a file, and expects that the run does not go on, stays as it is, and goes on with the file as it was.
  private func refuses(
    _ file: String, _ change: (inout [UInt8]) -> Void, status: Int32 = 4, _ message: String
  ) throws {
    let good = [UInt8](try place.data(file))
    let files = ["a.ckpt", "a.last.ckpt", "a.metrics.jsonl"]
    let before = try files.map { try place.data($0) }
    var bytes = good
    change(&bytes)
    try place.make(file, bytes)
    let outcome = try Command.run(["train", "--resume", "a.ckpt", "--epochs", "2"], in: place.path)
    #expect(outcome.status == status && outcome.text == "", "\(file)")
    #expect(outcome.errors.hasPrefix("error: \(message)"), "\(outcome.errors)")
    #expect(try files.map { try place.data($0) } == before, "\(file)")
    try place.make(file, good)
  }

  @Test("labels that are no class, and files that end early, are told with file, record and value")
  func brokenFiles() throws {
    try begin("mnist:digits", net: "digits.net")
    let (images, labels) = ("digits/train-images-idx3-ubyte", "digits/train-labels-idx1-ubyte")
    try refuses(
      labels, { $0[8 + 17] = 10 }, "\(labels), record 17: expected a label of 0…9, found 10")
    try refuses(images, { $0.removeLast(100) }, "\(images): expected 60×8×8 bytes, found 3740")
    try refuses(labels, { $0.removeLast() }, "\(labels): expected 60 bytes, found 59")
    try begin("cifar10:cifar", net: "cifar.net")
    let batch = "cifar/data_batch_1.bin"
    try refuses(
      batch, { $0[3073] = 12 }, "\(batch), record 1: expected a label of 0…9, found 12")
    try refuses(
      batch, { $0.removeLast(3073 - 51) },
      "\(batch), record 19: expected records of 3073 bytes, found 51 bytes in the last")
  }

  @Test("pictures of another size, damaged ones, wrong rows and classes without any are told")
  func brokenPictures() throws {
    try begin("folder:photos", net: "photos.net")
    let picture = "photos/train/row2/3.png"
    let wide = try ImageEncoder.encode(
      Image(width: 9, height: 8, layout: .gray, samples: [UInt8](repeating: 7, count: 72)), as: .png
    )
    try refuses(picture, { $0 = wide }, status: 2, "folder:photos: the contents have changed since")
    try refuses(
      picture, { $0.removeLast($0.count / 2) }, "\(picture): PNG ends early (inside chunk IDAT)")
    try refuses(
      picture, { $0 = Array("words".utf8) },
      "\(picture): not a picture that can be read: it starts with the bytes 77 6f 72 64 73")
    let files = ["a.ckpt", "a.last.ckpt"]
    let before = try files.map { try place.data($0) }
    try FileManager.default.moveItem(atPath: place["photos/train/row1"], toPath: place["away"])
    try FileManager.default.createDirectory(
      atPath: place["photos/train/row1"], withIntermediateDirectories: false)
    let empty = try Command.run(["train", "--resume", "a.ckpt", "--epochs", "2"], in: place.path)
    #expect(empty.status == 4)
    #expect(empty.errors == "error: photos/train: class 'row1' has no picture\n")
    #expect(try files.map { try place.data($0) } == before)
    try FileManager.default.removeItem(atPath: place["photos/train/row1"])
    try FileManager.default.moveItem(atPath: place["away"], toPath: place["photos/train/row1"])
    #expect(try Command.run(["train", "--resume", "a.ckpt", "-q"], in: place.path).status == 0)

    try begin("csv:table.csv", net: "photos.net")
    try refuses(
      "table.csv",
      {
        $0 = Array(
          String(decoding: $0, as: UTF8.self).replacing("/3.png,row0", with: "/3.png").utf8)
      },
      "table.csv, line 5: expected path,label, found photos/train/row0/3.png")
  }

  @Test("numbers beyond what an option takes are told with its name and range, the ends are taken")
  func ranges() throws {
    let train = ["train", "--data", "mnist:digits", "--net", "digits.net", "-o", "a.ckpt", "-q"]
    let (whole, share) = (
      "expected a whole number from", "expected a number, 0 or more and below 1"
    )
    let finite = "expected a finite number above 0"
    let cases: [(option: String, expected: String, bad: [String])] = [
      ("--epochs", "\(whole) 1 to 1000000", ["0", "1000001"]),
      ("--batch-size", "\(whole) 1 to 65536", ["0", "65537"]),
      ("--lr", "expected a number above 0, at most 1e+38", ["0", "1e39", "inf"]),
      ("--momentum", share, ["1", "1e300"]), ("--weight-decay", share, ["1", "-0.1"]),
      ("--warm-up", "\(whole) 0 to 1000000000", ["-1", "1000000001"]),
      ("--every", "\(whole) 0 to 1000000", ["-1", "1000001"]), ("--factor", share, ["1", "-0.1"]),
      ("--clip-norm", finite, ["0", "1e400"]), ("--clip-value", finite, ["0", "-inf"]),
      ("--label-smoothing", share, ["1", "-1"]), ("--patience", "\(whole) 1 to 1000000", ["0"]),
      ("--validation", share, ["1", "-0.1"]),
      ("--seed", "expected a whole number", ["-1", "9223372036854775808"]),
      ("--snapshots", "\(whole) 1 to 1000000000", ["0", "1000000001"]),
    ]
    for (option, expected, bad) in cases {
      for value in bad + ["nan"] {
        let outcome = try Command.run(train + [option, value], in: place.path)
        #expect(
          outcome.status == 2 && outcome.errors.contains(expected)
            && outcome.errors.hasPrefix("error: the value '\(value)' is invalid for '\(option) <"),
          "\(option) \(value): \(outcome.errors)")
      }
    }
    for line in [
      "--epochs 1 --batch-size 1 --optimizer sgd --lr 1e-320 --momentum 0 --weight-decay 0",
      "--epochs 1 --batch-size 65536 --optimizer rmsprop --momentum 0.999999",
      "--epochs 3 --schedule step --every 1 --factor 0 --clip-norm 1e-320 --patience 1000000",
      "--epochs 3 --schedule plateau --every 0 --factor 0.999999 --clip-norm 1e300 --patience 1",
      "--epochs 1 --schedule plateau --every 1000000 --clip-value 1e-320 --label-smoothing 0",
      "--epochs 1 --schedule step --every 1000000 --clip-value 1e300 --label-smoothing 0.999999",
      "--epochs 1 --schedule cosine --warm-up 0 --validation 0 --seed 0 --weight-decay 0.999999",
      "--epochs 1 --schedule cosine --warm-up 1000000000 --validation 0.999999 --seed \(Int.max)",
    ] {
      let words = train + ["--force"] + line.split(separator: " ").map(String.init)
      let outcome = try Command.run(words, in: place.path)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }
  }

  /// The rate grows by 1 from step to step, from 1 to 1e9: the third epoch goes too far.
  @Test("a loss that becomes NaN is told with epoch, step and rate; the epochs before it stay")
  func notANumber() throws {
    try place.make("linear.net", "flatten: Flatten()\na: Linear(64, 24)\nb: Linear(24, 4)\n")
    let words = [
      "train", "--data", "folder:photos", "--net", "linear.net", "-o", "a.ckpt", "--batch-size",
      "8", "--epochs", "30", "--optimizer", "sgd", "--lr", "1e9", "--schedule", "cosine",
      "--warm-up", "1000000000",
    ]
    let outcome = try Command.run(words, in: place.path)
    #expect(outcome.status == 1 && outcome.text == "")
    let told = try #require(outcome.errors.split(separator: "\n").first { $0.hasPrefix("error") })
    let start = "error: the loss is NaN in epoch "
    let epoch = try #require(Int(told.dropFirst(start.count).prefix { $0.isNumber }))
    #expect(told.hasPrefix("\(start)\(epoch), step "))
    #expect(epoch > 1 && told.contains(", with a learning rate of "))
    #expect(outcome.errors.contains("hint: a smaller --lr"))
    // Both checkpoints are whole, of the last epoch before and of the best of them.
    let last = try ModelReader().read(place["a.last.ckpt"])
    #expect(last.history.count == epoch - 1)
    #expect(last.network.parameters.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    #expect(try place.metrics("a.metrics.jsonl").count == epoch - 1)
    let judged = try Command.run(
      ["evaluate", "a.ckpt", "--data", "folder:photos", "--training", "--json"],
      in: place.path)
    #expect(judged.status == 0, "\(judged.errors)")
    // It goes on from there, to the same place.
    let again = try Command.run(["train", "--resume", "a.ckpt"], in: place.path)
    #expect(again.status == 1 && again.errors.contains(told))
  }
}
