/// A name as messages show it: control characters, which could move the cursor or end the line, as
/// `\n` or `\u{1b}`; an empty one as two quotation marks.
public func printable(_ name: String) -> String {
  if name.isEmpty { return "''" }
  var text = ""
  for scalar in name.unicodeScalars {
    let isControl = scalar.properties.generalCategory == .control
    text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return text
}
