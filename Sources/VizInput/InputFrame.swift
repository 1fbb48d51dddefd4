/// Which part of a picture a network sees: resized, then its middle.
///
/// The picture becomes `resizeSize`; or the shorter side becomes `resizeSide`, or the picture the smallest that covers the input, and the other
/// side keeps the proportion, rounded down. Where the input is larger, there is black around the picture.
///
/// - Source: torchvision's `Resize(n)`, `Resize((h, w))` and `CenterCrop`: the longer side is `int(n · long / short)`, the crop
///   begins at half of the rest, rounded half to even; padding is rounded down before the picture.
struct InputFrame: Equatable {
  /// The size of the resized picture, of which `columns` and `rows` are seen.
  let width: Int
  let height: Int
  let columns: Range<Int>
  let rows: Range<Int>
  /// Black columns and rows before them.
  let left: Int
  let top: Int

  init(width: Int, height: Int, for input: InputDescription) {
    let cover = (
      width: input.resizeSide ?? input.width, height: input.resizeSide ?? input.height
    )
    if let size = input.resizeSize {
      (self.width, self.height) = (size.width, size.height)
    } else if height * cover.width >= width * cover.height {
      (self.width, self.height) = (cover.width, cover.width * height / width)
    } else {
      (self.width, self.height) = (cover.height * width / height, cover.height)
    }
    (columns, left) = Self.middle(input.width, of: self.width)
    (rows, top) = Self.middle(input.height, of: self.height)
  }

  private static func middle(_ count: Int, of length: Int) -> (Range<Int>, padding: Int) {
    guard count < length else { return (0..<length, (count - length) / 2) }
    let half = (length - count) / 2
    let isTie = (length - count) % 2 == 1
    let start = isTie && half % 2 == 1 ? half + 1 : half
    return (start..<start + count, 0)
  }
}
