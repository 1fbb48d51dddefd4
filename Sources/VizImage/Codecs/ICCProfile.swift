/// Colour profiles as files carry them.
enum ICCProfile {
  /// Whether a profile describes pictures of this layout.
  ///
  /// A profile for RGB does not fit the gray result of a filter, nor one for CMYK the RGB samples
  /// that a decoder made; files that pair them are invalid, so such a profile is left out.
  /// - Source: ICC.1:2022, 7.2.6 (data colour space, bytes 16…19).
  static func fits(_ profile: [UInt8], _ layout: ChannelLayout) -> Bool {
    guard profile.count >= 128 else { return false }
    return Array(profile[16..<20]) == Array((layout.hasColor ? "RGB " : "GRAY").utf8)
  }
}

extension PixelRows {
  /// The profile to write beside the samples.
  var writableProfile: [UInt8]? {
    metadata.iccProfile.flatMap { ICCProfile.fits($0, layout) ? $0 : nil }
  }
}
