/// Every preset, in the order that lists show them.
public enum FilterRegistry {
  public static let all: [FilterEntry] = [
    Identity.entry,
    Sobel.entryX, Sobel.entryY, Sobel.entry,
    Scharr.entryX, Scharr.entryY, Scharr.entry,
    Prewitt.entryX, Prewitt.entryY, Prewitt.entry,
    Roberts.entry,
    Kirsch.entry,
    Laplacian.entry,
    Laplacian8.entry,
    LaplacianOfGaussian.entry,
    HighPass.entry,
    Canny.entry,
    Sharpen.entry,
    Unsharp.entry,
    Emboss.entry,
    BoxBlur.entry,
    GaussianBlur.entry,
    BinomialBlur.entry,
    MotionBlur.entry,
    Gabor.entry,
    Median.entry,
    Threshold.entry,
    Gray.entry,
    Invert.entry,
  ]

  /// The preset of a name.
  public static func entry(named name: String) throws(ImageError) -> FilterEntry {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .invalidFilter(
        "no preset is called '\(name)'" + suggestion(for: name, among: all.map(\.name)))
    }
    return entry
  }
}
