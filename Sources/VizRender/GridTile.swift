public import VizImage

/// One cell of a grid: a picture, or the reason why there is none, with words below.
public struct GridTile: Sendable {
  public enum Content: Sendable {
    case image(Image)
    case plane(Plane, PlaneRendering)
    /// Stands for a picture that cannot be, and says why; without a reason the cell stays empty.
    case placeholder(reason: String)
  }

  /// A sign at a picture that says what its colours cannot.
  public enum Mark: Sendable {
    /// A frame around it, and the caption struck through: nothing is there.
    case dead
    /// A dot in its corner: all samples are equal.
    case constant
  }

  public var content: Content
  public var caption: String
  public var subtitle: String?
  public var mark: Mark?

  public init(
    _ content: Content, caption: String, subtitle: String? = nil, mark: Mark? = nil
  ) {
    self.content = content
    self.caption = caption
    self.subtitle = subtitle
    self.mark = mark
  }

  /// The picture at the size at which the grid shows it; nil for a placeholder.
  package func picture(minimum: Int, maximum: Int, theme: Theme) -> Raster? {
    switch content {
    case .image(let image):
      Raster(image, over: theme.panel).fitted(minimum: minimum, maximum: maximum)
    case .plane(let plane, let rendering):
      rendering.picture(of: plane, minimum: minimum, maximum: maximum)
    case .placeholder: nil
    }
  }
}
