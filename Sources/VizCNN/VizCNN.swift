// One import for users of the library.
@_exported public import VizFiles
@_exported public import VizImage
@_exported public import VizRender
