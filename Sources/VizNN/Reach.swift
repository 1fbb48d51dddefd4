/// Which part of its input one number of a layer's output sees.
public enum Reach: Equatable, Sendable {
  /// The number at the same place, and others of its place in other channels.
  case point
  /// A window that moves over the image.
  case window(vertical: Window, horizontal: Window)
  /// All of it.
  case everything

  /// One direction of a window: output i sees `size` inputs from `i · stride − padding` on.
  ///
  /// Layers that enlarge an image move by parts of a sample.
  public struct Window: Equatable, Sendable {
    public let size: Double
    public let stride: Double
    public let padding: Double

    public init(size: Double, stride: Double, padding: Double) {
      self.size = size
      self.stride = stride
      self.padding = padding
    }
  }
}
