/// A page of HTML that holds everything it shows: pictures, numbers, style.
///
/// It loads nothing, so that it opens from a folder, an attachment or a web server alike, in light and
/// dark. Every text is escaped; nothing of it is read as HTML.
public struct ReportPage: Sendable {
  public var title: String
  /// A line below the title.
  public var subtitle: String
  public var sections: [ReportSection]
  public var footer: String

  public init(
    title: String, subtitle: String = "", sections: [ReportSection], footer: String = ""
  ) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
    self.footer = footer
  }

  /// The whole file, in UTF-8.
  public func html() -> String {
    let anchors = Self.anchors(of: sections)
    var page = HTMLWriter()
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" ")
    page.raw("content=\"vizcnn\">\n")
    page.element("title") { $0.text(title) }
    page.raw("\n<style>\n\(ReportStyle.css)</style>\n</head>\n<body>\n<header>\n")
    page.element("h1") { $0.text(title) }
    if !subtitle.isEmpty { page.element("p", ["class": "subtitle"]) { $0.text(subtitle) } }
    page.raw("\n</header>\n")
    if sections.count > 1 { writeContents(anchors, to: &page) }
    page.raw("<main>\n")
    for (section, anchor) in zip(sections, anchors) { section.write(to: &page, anchor: anchor) }
    page.raw("</main>\n")
    if !footer.isEmpty { page.element("footer") { $0.text(footer) } }
    page.raw("\n<script>\n\(ReportStyle.script)</script>\n</body>\n</html>\n")
    return page.html
  }

  private func writeContents(_ anchors: [String], to page: inout HTMLWriter) {
    page.element("nav", ["aria-label": "Contents"]) { page in
      for (section, anchor) in zip(sections, anchors) {
        page.element("a", ["href": "#" + anchor]) { $0.text(section.title) }
        page.raw(" ")
      }
    }
    page.raw("\n")
  }

  /// A name for the address of each section: its title in letters that need no escaping, each once.
  static func anchors(of sections: [ReportSection]) -> [String] {
    var used: Set<String> = []
    return sections.map { section in
      let letters = section.title.unicodeScalars.map { scalar -> Character in
        let isPlain =
          scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        return isPlain || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
      }
      let name = letters.isEmpty ? "section" : String(letters)
      var anchor = name
      var number = 2
      while !used.insert(anchor).inserted {
        anchor = "\(name)-\(number)"
        number += 1
      }
      return anchor
    }
  }
}

/// A part of a page under a heading that can be folded.
public struct ReportSection: Sendable {
  public enum Part: Sendable {
    case text(String)
    case picture(ReportPicture)
    case tiles(ReportTiles)
    case bars([Bar])
    case table(ReportTable)
  }

  public var title: String
  /// What stands beside the title, also while the section is folded.
  public var caption: String
  public var parts: [Part]
  public var isOpen: Bool

  public init(title: String, caption: String = "", parts: [Part], isOpen: Bool = true) {
    self.title = title
    self.caption = caption
    self.parts = parts
    self.isOpen = isOpen
  }
}

/// Rows of texts under headings; columns of numbers stand at the right.
public struct ReportTable: Sendable {
  public var headings: [String]
  public var rows: [[String]]

  public init(headings: [String], rows: [[String]]) {
    self.headings = headings
    self.rows = rows
  }
}
