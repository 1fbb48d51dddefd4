/// Names for files that are called after layers and values.
enum FileName {
  /// The name with `_` for what a name of a file had better not have: `/`, `\`, `:`, control characters,
  /// and a dot in front.
  static func safe(_ name: String) -> String {
    var safe = String(
      name.unicodeScalars.map { scalar -> Character in
        let isUnsafe =
          scalar.value < 32 || scalar.value == 127 || "/\\:".unicodeScalars.contains(scalar)
        return isUnsafe ? "_" : Character(scalar)
      })
    if safe.isEmpty || safe.hasPrefix(".") { safe = "_" + safe }
    // Names of files end at 255 bytes, and something follows.
    while safe.utf8.count > 200 { safe.removeLast() }
    return safe
  }

  /// A file for each name, with an ending; names that would be one get a number.
  static func distinct(_ names: [String], ending: String) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      let stem = safe(name)
      var file = stem + ending
      var number = 2
      while !taken.insert(file).inserted {
        file = "\(stem)-\(number)\(ending)"
        number += 1
      }
      return file
    }
  }

  /// `03-conv2` for the third of twelve layers.
  static func numbered(_ position: Int, of count: Int, _ name: String) -> String {
    let width = max(2, String(count).count)
    let digits = String(position)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits + "-" + safe(name)
  }
}
