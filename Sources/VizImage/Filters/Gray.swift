/// Colour becomes gray where the step stands; what is gray stays as it is.
///
///     gray = (9798·R + 19235·G + 3735·B + 16384) >> 15
///
/// - Source: OpenCV's cvtColor for 8 and 16 bit.
enum Gray {
  static let entry = FilterEntry(name: "gray", summary: "Colour to gray, as OpenCV does it") { _ in
    .gray
  }
}
