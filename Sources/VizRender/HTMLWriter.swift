/// HTML that grows element by element; whatever comes from outside is escaped.
struct HTMLWriter {
  private(set) var html = ""

  /// Markup of our own.
  mutating func raw(_ markup: String) { html += markup }

  /// Text, of which nothing is markup.
  mutating func text(_ text: String) { html += Self.escaped(text) }

  /// A tag with its attributes, in the given order.
  mutating func open(_ tag: String, _ attributes: [(String, String)] = []) {
    html += "<" + tag
    for (name, value) in attributes { html += " \(name)=\"" + Self.escaped(value) + "\"" }
    html += ">"
  }

  /// A tag, what is in it, and its end.
  mutating func element(
    _ tag: String, _ attributes: KeyValuePairs<String, String> = [:],
    _ content: (inout HTMLWriter) -> Void
  ) {
    open(tag, attributes.map { ($0.key, $0.value) })
    content(&self)
    html += "</\(tag)>"
  }

  /// The five characters that mean something to HTML, and control characters that it forbids.
  static func escaped(_ text: String) -> String {
    // Pictures are long and need nothing; one look tells.
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: "'"), 0..<0x20, 0x7F:
        false
      default: true
      }
    }
    guard !isPlain else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.properties.generalCategory == .control: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension ReportSection {
  func write(to page: inout HTMLWriter, anchor: String) {
    page.open("details", [("id", anchor)] + (isOpen ? [("open", "")] : []))
    page.element("summary") { page in
      page.element("h2") { $0.text(title) }
      page.raw(" ")
      page.element("span", ["class": "caption"]) { $0.text(caption) }
      page.raw(" ")
      page.element(
        "a", ["class": "link", "href": "#" + anchor, "aria-label": "Link to \(title)"]
      ) { $0.raw("#") }
    }
    page.raw("\n")
    if isPictureWithBars { page.open("div", [("class", "beside")]) }
    for part in parts {
      switch part {
      case .text(let text): page.element("p") { $0.text(text) }
      case .picture(let picture): picture.write(to: &page)
      case .tiles(let tiles): tiles.write(to: &page, anchor: anchor)
      case .bars(let bars): Self.write(bars, to: &page)
      case .table(let table): table.write(to: &page)
      }
    }
    page.raw(isPictureWithBars ? "</div></details>\n" : "</details>\n")
  }

  /// Whether there is a picture and what it is taken for, which stand side by side where there is room.
  private var isPictureWithBars: Bool {
    if parts.count == 2, case .picture = parts[0], case .bars = parts[1] { true } else { false }
  }

  private static func write(_ bars: [Bar], to page: inout HTMLWriter) {
    let winner = BarChart(bars: bars).winner
    page.element("table", ["class": "bars"]) { page in
      for (i, bar) in bars.enumerated() {
        let share = bar.share.isFinite ? min(max(bar.share, 0), 1) : 0
        page.open("tr", i == winner ? [("class", "winner")] : [])
        page.element("th", ["scope": "row"]) { $0.text(bar.name) }
        page.element("td", ["class": "track"]) { page in
          page.element("div", ["style": "width:\(share * 100)%"]) { _ in }
        }
        page.element("td", ["class": "number"]) { $0.text(BarChart.percent(bar.share)) }
        page.raw("</tr>\n")
      }
    }
    page.raw("\n")
  }
}

extension ReportTable {
  /// Which columns hold nothing but numbers.
  private var areNumbers: [Bool] {
    headings.indices.map { column in
      let cells = rows.map { $0[column] }.filter { !$0.isEmpty }
      return !cells.isEmpty
        && cells.allSatisfy {
          $0.unicodeScalars.allSatisfy("0123456789−-.e".unicodeScalars.contains)
        }
    }
  }

  func write(to page: inout HTMLWriter) {
    page.open("div", [("class", "scroll"), ("tabindex", "0")])
    page.element("table") { page in
      page.element("thead") { page in
        page.element("tr") { page in
          for (heading, isNumber) in zip(headings, areNumbers) {
            page.open("th", [("scope", "col")] + (isNumber ? [("class", "number")] : []))
            page.text(heading)
            page.raw("</th>")
          }
        }
      }
      page.raw("\n<tbody>\n")
      for row in rows {
        page.element("tr") { page in
          for (cell, isNumber) in zip(row, areNumbers) {
            page.element("td", isNumber ? ["class": "number"] : [:]) { $0.text(cell) }
          }
        }
        page.raw("\n")
      }
      page.raw("</tbody>")
    }
    page.raw("</div>\n")
  }
}
