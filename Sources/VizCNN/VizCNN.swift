// One import for users of the library.
@_exported public import VizCheckpoint
@_exported public import VizFiles
@_exported public import VizImage
@_exported public import VizInput
@_exported public import VizMethods
@_exported public import VizNN
@_exported public import VizRender
@_exported public import VizTraining

/// What this library calls itself.
public enum VizCNNVersion {
  public static let number = "0.1.0"
}
