/// Colour becomes gray where the step stands; what is gray stays as it is.
///
///     gray = (9798·R + 19235·G + 3735·B + 16384) >> 15
///
/// - Source: OpenCV's cvtColor for 8 and 16 bit.
public enum Gray {
  static let entry = FilterEntry(name: "gray", summary: "Colour to gray, as OpenCV does it") { _ in
    .gray
  }

  /// How gray is made of samples of a type.
  public static func method(_ depth: SampleType) -> OperationMethod {
    depth.isInteger
      ? OperationMethod(
        way: "in whole numbers", operations: 7,
        reason: "(9798·R + 19235·G + 3735·B + 16384) >> 15, as OpenCV has it: rounded once")
      : OperationMethod(
        way: "in float32", operations: 5,
        reason: "(9798·R + 19235·G + 3735·B) / 32768, not rounded to levels")
  }
}
