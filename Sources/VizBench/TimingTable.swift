internal import CShims
internal import VizImage

/// One line a case, in columns.
struct TimingTable {
  /// The version of the OpenCV in another process.
  let peerVersion: String?

  var header: String {
    let ours = String(cString: viz_cv_version())
    let columns =
      [("vizcnn", 11), (ours, 11)] + (peerVersion.map { [($0, 11)] } ?? [])
      + [("×", 8), ("Mpx/s", 8), ("of copy", 9)]
    return """
      vizcnn with \(Engine.instructionSet); medians in milliseconds beside OpenCV \
      \(([ours] + (peerVersion.map { [$0] } ?? [])).joined(separator: " and "));
      × is the time of the faster OpenCV over vizcnn's, “of copy” the share of memcpy's speed

      \("case".padded(24))\("size".padded(11))jobs\
      \(columns.map { $0.0.padded($0.1, right: true) }.joined())
      """
  }

  func line(
    _ name: String, _ pictures: BenchPictures, jobs: Int, _ timing: FilterCase.Timing
  ) -> String {
    let pixels = Double(pictures.width * pictures.height)
    let milliseconds = [timing.vizcnn, timing.opencv] + (timing.peer.map { [$0] } ?? [])
    let share = Int((100 * timing.copy / timing.vizcnn).rounded())
    return name.padded(24) + "\(pictures.width)×\(pictures.height)".padded(11)
      + "\(jobs)".padded(4, right: true)
      + milliseconds.map { $0.fixed(3).padded(11, right: true) }.joined()
      + timing.ratio.fixed(2).padded(8, right: true)
      + "\(Int(pixels / timing.vizcnn / 1e3))".padded(8, right: true)
      + "\(share) %".padded(9, right: true)
  }
}

extension String {
  /// In a column of a table.
  func padded(_ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return right ? space + self : self + space
  }
}

extension Double {
  /// With a fixed count of decimals.
  func fixed(_ decimals: Int) -> String {
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    let scaled = Int((self * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(scaled / unit).\(zeros)\(fraction)"
  }
}
