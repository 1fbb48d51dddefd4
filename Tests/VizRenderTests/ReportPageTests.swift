import Testing
import VizImage
import VizRender

@Suite("ReportPage") struct ReportPageTests {
  private func page(_ sections: [ReportSection], title: String = "digit.png") -> String {
    ReportPage(title: title, subtitle: "model.ckpt", sections: sections, footer: "vizcnn").html()
  }

  @Test("text is never markup, wherever it stands") func escaping() throws {
    let evil = "<script>alert(\"1\")</script>&'\u{0}\u{1B}"
    let picture = ReportPicture(
      png: [1, 2, 3], width: 1, height: 1, alternative: evil, darkPNG: [4])
    let html = ReportPage(
      title: evil, subtitle: evil,
      sections: [
        ReportSection(
          title: evil, caption: evil,
          parts: [
            .text(evil), .picture(picture), .bars([Bar(evil, share: 0.5)]),
            .table(ReportTable(headings: [evil], rows: [[evil]])),
          ]), ReportSection(title: evil, parts: []),
      ], footer: evil
    ).html()
    #expect(!html.contains("<script>alert") && !html.contains("\u{0}") && !html.contains("\u{1B}"))
    #expect(!html.contains("alert(\""))
    let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"
    // Title, heading, subtitle, two links of the contents; heading, caption and link of a section; text,
    // alternative, bar, heading, cell; heading and link of the second; footer.
    #expect(html.split(separator: escaped, omittingEmptySubsequences: false).count - 1 == 16)
  }

  @Test("nothing is loaded from anywhere") func selfContained() {
    let picture = ReportPicture(png: [9], width: 2, height: 3, alternative: "a map")
    let html = page([ReportSection(title: "conv1", parts: [.picture(picture)])])
    for word in ["http:", "https:", "//", "<link", "@import", "url(", "src=\"/", "fetch("] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(
      html.contains("src=\"data:image/png;base64,CQ==\" width=\"2\" height=\"3\" alt=\"a map\""))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("name=\"viewport\""))
  }

  // RFC 4648, section 10.
  @Test(
    "bytes become the text of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(_ text: String, _ expected: String) {
    let picture = ReportPicture(png: Array(text.utf8), width: 1, height: 1, alternative: "")
    let html = page([ReportSection(title: "a", parts: [.picture(picture)])])
    #expect(html.contains("base64,\(expected)\""))
  }

  @Test("every layer has an address of its own that a link leads to") func anchors() {
    let titles = ["layer1.0.conv1", "conv 1", "conv/1", "conv-1", "", "ümlaut", "conv-1-2"]
    let html = page(titles.map { ReportSection(title: $0, parts: []) })
    let anchors = [
      "layer1.0.conv1", "conv-1", "conv-1-2", "conv-1-3", "section", "-mlaut", "conv-1-2-2",
    ]
    for anchor in anchors {
      #expect(html.split(separator: "<details id=\"\(anchor)\"").count == 2, "\(anchor)")
      // In the contents and at the section itself.
      #expect(html.split(separator: "href=\"#\(anchor)\"").count == 3, "\(anchor)")
    }
  }

  @Test("sections are open or folded; bars have their widths, the longest its mark") func parts() {
    let html = page([
      ReportSection(
        title: "a",
        parts: [.bars([Bar("x", share: 0.25), Bar("y", share: 0.75), Bar("z", share: .nan)])]),
      ReportSection(
        title: "b",
        parts: [
          .table(ReportTable(headings: ["n", "w"], rows: [["−3", "4 words"], ["", "5"]]))
        ],
        isOpen: false),
    ])
    #expect(html.contains("<details id=\"a\" open=\"\">") && html.contains("<details id=\"b\">"))
    #expect(
      html.contains("width:25.0%") && html.contains("width:75.0%") && html.contains("width:0.0%"))
    #expect(html.contains("<tr class=\"winner\"><th scope=\"row\">y</th>"))
    #expect(html.contains("<th scope=\"col\" class=\"number\">n</th><th scope=\"col\">w</th>"))
    #expect(html.contains("<td class=\"number\">−3</td><td>4 words</td>"))
    #expect(html.contains("<td class=\"number\"></td><td>5</td>"))
  }

  @Test("a picture and its bars stand side by side") func beside() {
    let picture = ReportPicture(png: [1], width: 1, height: 1, alternative: "input")
    let both = page([
      ReportSection(title: "a", parts: [.picture(picture), .bars([Bar("x", share: 1)])])
    ])
    #expect(both.contains("<div class=\"beside\"><div class=\"picture\""))
    #expect(both.contains("</div></details>"))
    #expect(!page([ReportSection(title: "a", parts: [.picture(picture)])]).contains("\"beside\""))
  }

  @Test("of many maps the strongest are shown, the others on demand") func tiles() throws {
    let maps = (0..<3).map { i in
      FeatureMap(
        Plane(width: 10, height: 10, samples: [Float](repeating: Float(i) - 1, count: 100)),
        label: "\(7 * i)", isDead: i == 1)
    }
    let tiles = try FeatureMapSheet(name: "conv1", maps: maps).tiles(first: [2])
    #expect(tiles.width == 70)  // 7 times 10 is the least that reaches 64
    let html = page([ReportSection(title: "conv1", parts: [.tiles(tiles)])])
    #expect(html.contains("<div class=\"tiles framed turned\" style=\"--width:70px\""))
    #expect(html.contains("<figure id=\"conv1-0\" class=\"later\" title=\"map 0 · [−1, −1]\">"))
    #expect(html.contains("<figure id=\"conv1-7\" class=\"dead later\""))
    #expect(html.contains("<figure id=\"conv1-14\" title="))
    #expect(html.contains("show 2 more") && html.contains("show fewer"))
    // Signed colours differ in the dark, and the legend with them.
    #expect(html.contains(".turned img, .bar.turned { filter: invert(1) hue-rotate(180deg); }"))
    #expect(
      html.contains("class=\"bar turned\" style=\"background:linear-gradient(to right,#67001f,"))
    #expect(html.contains("<span>−1</span><span>0</span><span>1</span>"))
    let all = try FeatureMapSheet(name: "conv1", maps: maps).tiles(first: [0, 1, 2])
    #expect(!page([ReportSection(title: "a", parts: [.tiles(all)])]).contains("type=\"checkbox\""))
  }

  @Test("large maps shrink, single pictures scroll") func tileSizes() throws {
    let large = FeatureMap(
      Plane(width: 200, height: 100, samples: [Float](repeating: 1, count: 20_000)), label: "0")
    let tiles = try FeatureMapSheet(name: "a", maps: [large, large]).tiles(first: [0, 1])
    #expect(tiles.width == 160)
    #expect(page([ReportSection(title: "a", parts: [.tiles(tiles)])]).contains("\"tiles smooth\""))
    let vector = try VectorSheet(name: "fc", values: (0..<100).map(Float.init)).tiles()
    let html = page([ReportSection(title: "fc", parts: [.tiles(vector)])])
    #expect(html.contains("\"tiles wide\"") && !html.contains("<figcaption>"))
  }

  @Test("tags are closed in the order in which they were opened") func balance() throws {
    let picture = try ReportPicture(
      Image(width: 1, height: 1, layout: .rgb, samples: [1, 2, 3] as [UInt8]),
      dark: Image(width: 1, height: 1, layout: .rgb, samples: [3, 2, 1] as [UInt8]),
      alternative: "one pixel")
    let html = page([
      ReportSection(
        title: "a",
        parts: [
          .text("t"), .picture(picture), .bars([Bar("x", share: 1)]),
          .table(ReportTable(headings: ["n"], rows: [["1"]])),
        ]), ReportSection(title: "b", parts: []),
    ])
    let void: Set<String> = ["!doctype", "meta", "img", "source"]
    var open: [String] = []
    for part in html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1) {
      let name = String(part.prefix { $0 == "/" || $0 == "!" || $0.isLetter || $0.isNumber })
      if name.hasPrefix("/") {
        #expect(open.popLast() == String(name.dropFirst()), "</\(name.dropFirst())>")
      } else if !name.isEmpty, !void.contains(name) {
        open.append(name)
      }
    }
    #expect(open.isEmpty, "\(open)")
  }
}
