internal import VizCNN
internal import VizImage
internal import VizNN
internal import VizTraining

/// Bytes are read as labelled pictures, or as what is done to them, or refused.
enum DataFuzzing {
  /// A tar archive, as it is and with right check sums; what is in it lies within it, in order.
  static func findings(inTar bytes: [UInt8]) -> [String] {
    for bytes in [bytes, withCheckSums(bytes)] {
      do throws(DatasetError) {
        let entries = try TarArchive(bytes: bytes).entries
        var end = 0
        for entry in entries {
          guard !entry.name.isEmpty, entry.offset >= end,
            entry.contents.lowerBound >= entry.offset + 512,
            entry.contents.upperBound <= bytes.count
          else { return ["\(entry) in \(bytes.count) bytes behind \(end)"] }
          end = entry.contents.upperBound
        }
      } catch {
        guard complaints(about: error).isEmpty else { return complaints(about: error) }
      }
    }
    return []
  }

  /// Every block of 512 bytes with the sum that it had as a header: behind it lies the reader.
  private static func withCheckSums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512)
    where bytes[start..<start + 512].contains(where: { $0 != 0 }) {
      bytes.replaceSubrange(start + 148..<start + 156, with: "        ".utf8)
      let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
      let digits = String(sum + 0o1000000, radix: 8).utf8.dropFirst()
      bytes.replaceSubrange(start + 148..<start + 154, with: digits)
    }
    return bytes
  }

  /// MNIST's arrays; gzip, which may claim any length, by itself and bounded.
  static func findings(inIDX bytes: [UInt8]) -> [String] {
    if Gzip.isBeginning(bytes) {
      let expanded = Gzip.expanded(bytes, limit: 1 << 16)
      return expanded.map { $0.count <= 1 << 16 ? findings(inIDX: $0) : ["\($0.count) bytes"] }
        ?? []
    }
    do throws(DatasetError) {
      let file = try IDXFile(bytes: bytes)
      var written: [UInt8] = [0, 0, 8, UInt8(file.shape.count)]
      for length in file.shape {
        for shift in [24, 16, 8, 0] { written.append(UInt8(length >> shift & 255)) }
      }
      return written + file.values == bytes ? [] : ["other bytes when written again"]
    } catch {
      return complaints(about: error)
    }
  }

  /// CIFAR-10's records, in two files.
  static func findings(inCIFAR bytes: [UInt8]) -> [String] {
    var records = CIFARRecords()
    do throws(DatasetError) {
      for file in ["a", "b"] { try records.add(bytes, of: file) }
    } catch {
      return complaints(about: error)
    }
    let isWhole =
      records.bytes == bytes + bytes && records.labels.allSatisfy { 0..<10 ~= $0 }
      && records.labels.count * CIFARRecords.size == records.bytes.count
    return isWhole ? [] : ["\(records.labels) of \(bytes.count) bytes"]
  }

  /// A table of paths and classes; its rows are the same when they are read again.
  static func findings(inCSV bytes: [UInt8]) -> [String] {
    do throws(DatasetError) {
      let rows = try TableRow.all(in: bytes)
      // A heading keeps the first row from being one.
      func quoted(_ field: String) -> String { "\"" + field.replacing("\"", with: "\"\"") + "\"" }
      let text =
        "path,label\n" + rows.map { quoted($0.path) + "," + quoted($0.name) + "\n" }.joined()
      let again = try TableRow.all(in: Array(text.utf8))
      let isSame = again.elementsEqual(rows) { ($0.path, $0.name) == ($1.path, $1.name) }
      let rises = zip(rows, rows.dropFirst()).allSatisfy { $0.line < $1.line }
      return isSame && rises ? [] : ["\(rows) became \(again)"]
    } catch {
      return complaints(about: error)
    }
  }

  /// Transforms as text; they are the same when they are read again, and a small picture becomes one of the
  /// size that they promise.
  static func findings(inTransforms bytes: [UInt8]) -> [String] {
    guard let text = String(validating: bytes, as: UTF8.self) else { return [] }
    let augmentation: Augmentation
    do {
      augmentation = try Augmentation(text: text)
    } catch {
      return "\(error)".isEmpty ? ["an error without a text"] : []
    }
    guard let again = try? Augmentation(text: augmentation.text), again == augmentation else {
      return ["'\(augmentation.text)' cannot be read again, or becomes another one"]
    }
    let pixels = Pixels(
      width: 6, height: 4, channels: 3, samples: (0..<72).map { UInt8($0 * 3) })
    let sizes = augmentation.items.indices.compactMap { i in
      (try? Augmentation(Array(augmentation.items[...i])))?.size(of: pixels.size)
    }
    // Small ones on the way too: with borders, which are numbers in the text.
    let numbers = augmentation.text.split { !$0.isNumber }.compactMap { Int($0) }
    guard sizes.allSatisfy({ $0.width <= 64 && $0.height <= 64 }), numbers.allSatisfy({ $0 <= 64 })
    else { return [] }
    var generator = SeededGenerator(seed: 1, .augmentation, 0, 0)
    do throws(PictureTransformError) {
      let result = try augmentation.applied(to: pixels, using: &generator)
      return result.size == sizes.last ? [] : ["\(result.size) instead of \(sizes)"]
    } catch {
      return error.description.isEmpty ? ["an error without a text"] : []
    }
  }

  private static func complaints(about error: DatasetError) -> [String] {
    "\(error)".isEmpty ? ["an error without a text"] : []
  }
}
