internal import Foundation

/// The most memory that this process had at a time, as the system counts it; 0 where it does not.
enum PeakMemory {
  /// Begins to count anew, from what the process has now.
  static func reset() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  static var megabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: { $0.isWhitespace }).dropFirst().first
    return (kilobytes.flatMap { Double($0) } ?? 0) / 1024
  }
}
