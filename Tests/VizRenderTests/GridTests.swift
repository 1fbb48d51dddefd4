import Testing
import VizImage
import VizRender

@Suite("Grid") struct GridTests {
  private func tile(_ side: Int, _ caption: String = "tile") -> GridTile {
    let image = Image(
      width: side, height: side, layout: .rgb,
      samples: [UInt8](repeating: 77, count: 3 * side * side))
    return GridTile(.image(image), caption: caption)
  }

  @Test("a page is its cells, their gaps and its margins") func geometry() {
    let tiles = [tile(100), tile(100), tile(100), tile(100), tile(100)]
    let page = Grid(tiles: tiles, columns: 3, spacing: 16).image()
    #expect(page.width == 3 * 100 + 2 * 16 + 2 * 16)
    let one = Grid(tiles: [tile(100)], columns: 3, spacing: 16).image()
    let rowHeight = page.height - one.height
    #expect(rowHeight > 100 + 16)
    #expect(one.height == rowHeight - 16 + 2 * 16)
  }

  @Test("every pixel of a tile is where the geometry says") func tilesArePlaced() {
    let page = Grid(tiles: [tile(100), tile(100)], columns: 2, spacing: 20).image()
    let samples = page.samples(as: UInt8.self)
    func gray(_ x: Int, _ y: Int) -> UInt8 { samples[3 * (y * page.width + x)] }
    #expect(gray(20, 20) == 77 && gray(119, 119) == 77)
    #expect(gray(19, 20) == 255 && gray(120, 20) == 255 && gray(139, 20) == 255)
    #expect(gray(140, 20) == 77 && gray(239, 20) == 77 && gray(240, 20) == 255)
  }

  @Test("smaller tiles stand in the middle of their cells") func smallTilesAreCentred() {
    let page = Grid(
      tiles: [tile(200), tile(100)], columns: 2, minimumTileSide: 1, spacing: 20
    ).image()
    let samples = page.samples(as: UInt8.self)
    func gray(_ x: Int, _ y: Int) -> UInt8 { samples[3 * (y * page.width + x)] }
    #expect(gray(240 + 50, 20 + 50) == 77 && gray(240 + 149, 20 + 149) == 77)
    #expect(gray(240 + 49, 20 + 100) == 255 && gray(240 + 150, 20 + 100) == 255)
  }

  @Test("title, subtitle, footer and placeholder add height; nothing breaks without tiles")
  func partsAddHeight() {
    var grid = Grid(tiles: [tile(100)])
    let plain = grid.image().height
    grid.title = "a title"
    let titled = grid.image().height
    grid.footer = "a footer that is long enough to be wrapped into lines of the page"
    let footed = grid.image().height
    grid.tiles[0].subtitle = "subtitle"
    #expect(plain < titled && titled < footed && footed < grid.image().height)
    grid.tiles.append(GridTile(.placeholder(reason: "renormalize needs taps ≥ 0"), caption: ""))
    #expect(grid.image().width > 200)
    #expect(Grid(tiles: []).image().width > 0)
    #expect(Grid(tiles: [GridTile(.placeholder(reason: ""), caption: "")]).image().height > 96)
  }

  @Test("columns are chosen for a page wider than high") func columnsAreChosen() {
    let page = Grid(tiles: (0..<32).map { tile(64, "\($0)") }, minimumTileSide: 64).image()
    #expect(1.0...2.4 ~= Double(page.width) / Double(page.height))
  }

  @Test("drawn as it was recorded") func looksAsRecorded() throws {
    let ramp = Plane(width: 8, height: 6, samples: (0..<48).map { Float($0) - 24 })
    let tiles = [
      GridTile(.plane(ramp, .signed), caption: "extend", subtitle: "8×6 · ±24"),
      GridTile(
        .placeholder(reason: "renormalize needs taps ≥ 0"), caption: "renormalize with a long name"),
    ]
    var grid = Grid(
      tiles: tiles, title: "sobel-x", footer: "red −, blue +", columns: 2, minimumTileSide: 64)
    try Snapshot.check(grid.image(), "grid-light")
    grid.theme = .dark
    grid.tiles = [GridTile(.plane(ramp, PlaneRendering(colormap: .divergingDark)), caption: "dark")]
    try Snapshot.check(grid.image(), "grid-dark")
  }
}
