internal import CShims

/// The codecs' libraries that this process runs with.
public enum LibraryVersions {
  public static var png: String { unsafe String(cString: viz_png_version()) }
  public static var jpeg: String { unsafe String(cString: viz_jpeg_version()) }
  public static var zlib: String { unsafe String(cString: viz_zlib_version()) }
}
