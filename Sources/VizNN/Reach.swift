/// Which part of its input one number of a layer's output sees.
public enum Reach: Equatable, Sendable {
  /// The number at the same place, and others of its place in other channels.
  case point
  /// A window that moves over the image.
  case window(vertical: Window, horizontal: Window)
  /// All of it.
  case everything

  /// One direction of a window.
  public struct Window: Equatable, Sendable {
    /// From the first tap to the last.
    public let size: Int
    public let stride: Int
    /// How far the first window begins before the image.
    public let padding: Int

    public init(size: Int, stride: Int, padding: Int) {
      self.size = size
      self.stride = stride
      self.padding = padding
    }
  }
}
