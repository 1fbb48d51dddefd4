/// The colours around the pictures of a grid, a legend or a kernel.
public struct Theme: Sendable, Equatable {
  public var background: Color
  /// The inside of placeholders.
  public var panel: Color
  /// Captions and titles.
  public var text: Color
  /// Subtitles, footers and tick labels.
  public var mutedText: Color
  /// Ticks and frames.
  public var line: Color
  /// What stands out among equals: the longest bar of a chart.
  public var accent: Color
  /// What is wrong or missing: the frame of a dead feature map.
  public var warning: Color

  public init(
    background: Color, panel: Color, text: Color, mutedText: Color, line: Color, accent: Color,
    warning: Color
  ) {
    self.background = background
    self.panel = panel
    self.text = text
    self.mutedText = mutedText
    self.line = line
    self.accent = accent
    self.warning = warning
  }

  public static let light = Theme(
    background: Color(hex: 0xFFFFFF), panel: Color(hex: 0xF2F4F7), text: Color(hex: 0x1B1F24),
    mutedText: Color(hex: 0x5A636E), line: Color(hex: 0xB4BCC6),
    accent: Color(hex: 0x2166AC), warning: Color(hex: 0xE8590C))

  public static let dark = Theme(
    background: Color(hex: 0x14171C), panel: Color(hex: 0x1E232A), text: Color(hex: 0xECEFF4),
    mutedText: Color(hex: 0x98A2AF), line: Color(hex: 0x4A5361),
    accent: Color(hex: 0x6CA8E0), warning: Color(hex: 0xFF922B))
}
