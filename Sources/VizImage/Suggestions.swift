/// “; did you mean …?” where a known name is at most two edits away, else nothing.
public func suggestion(for word: String, among names: [String]) -> String {
  let near = names.map { ($0, min(editDistance(word, $0), editDistance(word.lowercased(), $0))) }
    .filter { $0.1 <= max(1, min(2, word.count / 2)) }
    .min { $0.1 < $1.1 }
  return near.map { "; did you mean '\($0.0)'?" } ?? ""
}

/// The number of insertions, deletions, substitutions and swaps of neighbours between two words.
///
/// - Source: the optimal string alignment distance, Damerau 1964.
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      let substituted = rows[i][j] + (a[i] == b[j] ? 0 : 1)
      var best = min(rows[i][j + 1] + 1, row[j] + 1, substituted)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, rows[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}

/// A number as people write it: without a fraction where it has none.
public func decimal(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}
