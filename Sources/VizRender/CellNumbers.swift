/// Numbers inside the cells of a heat map: their texts and the size at which all of them fit.
struct CellNumbers {
  let texts: [String]
  let style: TextStyle

  /// nil where the numbers would be too small to read.
  init?(_ values: [Double], width: Int, height: Int, digits: Int = 3) {
    let largest = min(width / 3, height * 2 / 3, 20)
    guard largest >= 10 else { return nil }
    let texts = values.map { ShortNumber.text($0, digits: digits) }
    let style = (10...largest).reversed().lazy.map { TextStyle(size: $0) }.first { style in
      texts.allSatisfy { style.width(of: $0) <= width - width / 8 - 2 }
    }
    guard let style else { return nil }
    self.texts = texts
    self.style = style
  }

  /// Writes a number into the middle of its cell.
  func draw(
    _ i: Int, on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int, over color: Color
  ) {
    canvas.draw(
      texts[i], x: x + width / 2, baseline: y + (height + style.capHeight) / 2, style: style,
      color: color.readableInk, alignment: .center)
  }
}
