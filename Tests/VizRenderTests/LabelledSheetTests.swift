import Testing
import VizImage
import VizRender

@Suite("Sheets of labelled pictures and confusions") struct LabelledSheetTests {
  private func picture(_ width: Int, _ height: Int) -> Image {
    Image(
      width: width, height: height, layout: .gray,
      samples: [UInt8](repeating: 90, count: width * height))
  }

  /// Pixels of a part that are darker than paper.
  private func ink(_ image: Image, _ columns: Range<Int>, _ rows: Range<Int>) -> Int {
    let samples = image.samples(as: UInt8.self)
    return rows.reduce(0) { sum, y in
      sum + columns.count { samples[3 * (y * image.width + $0)] < 128 }
    }
  }

  private func rows(
    _ count: Int, of picture: Image, columns: Int, name: String = "class"
  ) -> PictureRows {
    PictureRows(
      title: "pictures", footer: "The first ones.",
      rows: (0..<count).map { row in
        PictureRows.Row(
          name, detail: "12 pictures",
          pictures: (0..<(row == 0 ? columns : 1)).map { (picture, "\($0)") })
      })
  }

  @Test("a row with few pictures makes no cell larger, and photographs are no larger than tiles")
  func tiles() {
    let side = PictureRows.tileSide(columns: 10)
    #expect(side == 96 && PictureRows.tileSide(columns: 100) < 24)
    let full = rows(1, of: picture(32, 32), columns: 10).image()
    let uneven = rows(3, of: picture(32, 32), columns: 10).image()
    #expect(uneven.width == full.width)
    #expect(full.width < 10 * (side + 8) + 180 + 64)
    let photographs = rows(40, of: picture(640, 480), columns: 10).image()
    #expect(photographs.width == full.width && photographs.height < 40 * 110 + 100)
    let many = rows(1, of: picture(640, 480), columns: 100).image()
    #expect(many.width < 2500)
    #expect(rows(1, of: picture(1, 300), columns: 1).image().width > 400)
    #expect(PictureRows(title: "t", footer: "f", rows: []).image().height > 40)
  }

  @Test("pictures of several sizes stand in the middle of cells that are alike")
  func mixedSizes() {
    let pictures = [picture(96, 96), picture(20, 60), picture(90, 30)]
    let sheet = PictureRows(
      title: "t", footer: "f",
      rows: [PictureRows.Row("a", detail: "", pictures: pictures.map { ($0, "") })]
    ).image()
    let samples = sheet.samples(as: UInt8.self)
    func runs(_ y: Int, _ isPart: (UInt8) -> Bool) -> [Range<Int>] {
      var runs: [Range<Int>] = []
      for x in 0..<sheet.width where isPart(samples[3 * (y * sheet.width + x)]) {
        if let last = runs.last, last.upperBound == x {
          runs[runs.count - 1] = last.lowerBound..<x + 1
        } else {
          runs.append(x..<x + 1)
        }
      }
      return runs.filter { $0.count > 4 }
    }
    // Through the middle of the row: cells are all that is no paper, with the frame of the first.
    let middle = try? #require((0..<sheet.height).first { runs($0) { $0 == 90 }.count == 3 }) + 14
    let (cells, shown) = (runs(middle ?? 0) { $0 < 255 }, runs(middle ?? 0) { $0 == 90 })
    #expect(cells.count == 3 && cells.map(\.count) == [98, 96, 96], "\(cells)")
    #expect(shown.map(\.count) == [96, 20, 90])
    for (cell, picture) in zip(cells, shown) {
      #expect(picture.lowerBound - cell.lowerBound == cell.upperBound - picture.upperBound)
    }
  }

  @Test("pictures as white as paper, and as black as ink, can be told from the page")
  func frames() {
    for level in [UInt8(255), 0] {
      let picture = Image(
        width: 32, height: 32, layout: .gray, samples: [UInt8](repeating: level, count: 32 * 32))
      var grid = Grid(tiles: [GridTile(.image(picture), caption: "")])
      grid.framesPictures = true
      let variation = VariationSheet(
        title: "t", subtitle: "s", examples: [], columns: ["0", "1"],
        rows: [.init("a", detail: "b", pictures: [picture, picture])], middle: 0)
      for (sheet, side) in [
        (rows(1, of: picture, columns: 1).image(), 96), (grid.image(), 96), (variation.image(), 64),
      ] {
        let samples = sheet.samples(as: UInt8.self)
        func level(_ x: Int, _ y: Int) -> UInt8 { samples[3 * (y * sheet.width + x)] }
        let frame = Theme.light.line.red
        /// Whether a frame around a picture of this size begins here.
        func isCorner(_ x: Int, _ y: Int) -> Bool {
          (0...side + 1).allSatisfy {
            level(x + $0, y) == frame && level(x, y + $0) == frame
              && level(x + $0, y + side + 1) == frame && level(x + side + 1, y + $0) == frame
          }
        }
        let corners = (0..<sheet.height - side - 1).flatMap { y in
          (0..<sheet.width - side - 1).filter { isCorner($0, y) }
        }
        // The middle column of variations has another one.
        #expect(corners.count == 1, "\(picture.samples(as: UInt8.self)[0]), \(side)")
      }
    }
  }

  @Test("headings above pictures do not touch, however small those are")
  func headings() throws {
    let steps = ["−0.25", "−0.2", "−0.15", "−0.1", "−0.05", "0", "+0.05", "+0.1", "+0.15", "+0.2"]
    for side in [8, 28, 32, 33, 100] {
      let sheet = VariationSheet(
        title: "t", subtitle: "s", examples: [], columns: steps,
        rows: [
          .init(
            "dimension 0", detail: "0.1",
            pictures: steps.map { _ in picture(side, side) })
        ], middle: 5
      ).image()
      // The lowest line of words that lies above all pictures.
      let columns = 120..<sheet.width
      let top = try #require((0..<sheet.height).first { ink(sheet, columns, $0..<$0 + 1) > 300 })
      let inked = columns.filter { ink(sheet, $0..<$0 + 1, top - 24..<top - 4) > 0 }
      let gaps = zip(inked, inked.dropFirst()).count { $1 - $0 > 5 }
      #expect(gaps == steps.count - 1, "\(side): \(inked)")
    }
  }

  @Test("the class stands once at its row, also where its name is long")
  func names() {
    let short = rows(2, of: picture(32, 32), columns: 3, name: "o").image()
    let long = rows(2, of: picture(32, 32), columns: 3, name: "a very long name of a class, cut")
      .image()
    #expect(long.width > short.width && long.width < short.width + 180)
    #expect(ink(long, 16..<190, 45..<140) > 200)
  }

  private func matrix(_ count: Int, _ name: String = "automobile", title: String? = nil) -> Image {
    let counts = (0..<count).map { row in (0..<count).map { $0 == row ? 9 : 0 } }
    return ConfusionMatrix(
      names: (0..<count).map { "\(name)\($0)" }, counts: counts, title: title
    ).image()
  }

  @Test("the words below the matrix are whole, of few classes too, and titles are broken")
  func words() {
    let words = "rows: what it is; columns: what it was taken for"
    for count in [1, 2, 10, 120] {
      #expect(matrix(count).width >= TextStyle(size: 13).width(of: words) + 32, "\(count)")
    }
    // The last line tells what colours are, and ends where its words do.
    let last = matrix(2)
    let end = 16 + TextStyle(size: 13).width(of: "colour: the share of the row (its square root)")
    let line = last.height - 46..<last.height - 31
    #expect(ink(last, end - 30..<end, line) > 20 && ink(last, end..<last.width, line) == 0)
    let title =
      "digits.ckpt: 12.34 % of 10000 are right, after RandomRotation(degrees=[-30, 30]), "
      + "affine(translate=[3, 0]), Grayscale()"
    #expect(matrix(2, title: title).height > matrix(2, title: "digits").height)
    #expect(matrix(2, title: title).width < 640)
  }

  @Test("names above columns stand upright where they would touch, and all classes have some")
  func labels() {
    #expect(matrix(10).height > matrix(10, "a").height + 20)
    #expect(matrix(10, "a").height < 10 * 48 + 120)
    // Left of the cells of 120 classes: a name at every row.
    let many = matrix(120)
    #expect(ink(many, 16..<70, 100..<1600) > 120 * 20)
    let most = matrix(1000)
    #expect(most.width < 4300 && ink(most, 16..<70, 100..<4000) > 300 * 20)
  }

  @Test("names with letters that the font lacks have numbers, and look different")
  func numbers() {
    let names = ["猫", "кот", "😀", "Köter", "cat 猫", "two\nlines", "", "犬 (small) dog"]
    let labels = ClassLabels(names)
    #expect(labels.hasNumbers)
    #expect(
      labels.texts
        == ["#0", "#1", "#2", "Köter", "#4 cat", "#5 twolines", "", "#7 (small) dog"])
    #expect(!ClassLabels(["cat", "Ærø", "a→b"]).hasNumbers)
    func matrix(_ names: [String]) -> Image {
      ConfusionMatrix(names: names, counts: [[1, 0], [0, 1]]).image()
    }
    let (chinese, russian) = (matrix(["猫", "犬"]), matrix(["кот", "пёс"]))
    #expect(chinese.samples(as: UInt8.self) == russian.samples(as: UInt8.self))
    #expect(chinese.samples(as: UInt8.self) != matrix(["犬", "cat"]).samples(as: UInt8.self))
    // A line more, that tells what the numbers are.
    #expect(chinese.height > matrix(["a", "b"]).height)
    let bars = [Bar("猫", share: 0.5, number: 0), Bar("犬", share: 0.5, number: 1)]
    let numbered = [Bar("#0", share: 0.5), Bar("#1", share: 0.5)]
    #expect(
      BarChart(bars: bars).image().samples(as: UInt8.self)
        == BarChart(bars: numbered).image().samples(as: UInt8.self))
  }

  @Test("upright text is the text turned")
  func upright() {
    let (style, white, black) = (TextStyle(size: 14), Color(hex: 0xFFFFFF), Color(hex: 0))
    var lying = Canvas(width: 60, height: 30, background: white)
    lying.draw("fig", x: 8, baseline: 20, style: style, color: black)
    var standing = Canvas(width: 30, height: 60, background: white)
    standing.drawUpright("fig", baseline: 20, y: 60 - 8, style: style, color: black)
    for y in 0..<30 {
      for x in 0..<60 {
        #expect(standing.pixels[3 * ((59 - x) * 30 + y)] == lying.pixels[3 * (y * 60 + x)])
      }
    }
  }

  @Test("a grid is as wide as its captions where it is told to")
  func captions() {
    var grid = Grid(
      tiles: [GridTile(.image(picture(28, 28)), caption: "automobile → motorcycle")],
      minimumTileSide: 28)
    let narrow = grid.image().width
    grid.fitsCaptions = true
    #expect(grid.image().width >= narrow + 60)
  }
}
