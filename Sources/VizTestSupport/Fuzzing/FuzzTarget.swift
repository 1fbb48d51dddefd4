internal import VizImage

/// What a fuzzer feeds with bytes; the test suite replays what it found interesting.
package enum FuzzTarget: String, Sendable, CaseIterable {
  /// The text of a kernel.
  case kernel
  /// A PNG file, decoded, encoded and decoded again.
  case png
  /// A JPEG file.
  case jpeg
  /// A picture, a kernel and how they meet, against the reference.
  case filter

  /// What is wrong with the answer to some bytes, in words; a crash is a finding too.
  package func findings(in bytes: [UInt8]) -> [String] {
    switch self {
    case .kernel: KernelFuzzing.findings(in: bytes)
    case .png: PictureFuzzing.findings(inPNG: bytes)
    case .jpeg: PictureFuzzing.findings(inJPEG: bytes)
    case .filter: FilterFuzzing(bytes).findings
    }
  }
}

/// A kernel's text is read or refused; what is read is a kernel.
enum KernelFuzzing {
  static func findings(in bytes: [UInt8]) -> [String] {
    guard let isMat = bytes.first.map({ $0 & 1 == 1 }) else { return [] }
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    do throws(KernelSyntaxError) {
      let kernel = try KernelParser.parse(text, isMat: isMat)
      return findings(in: kernel)
    } catch {
      return error.message.isEmpty ? ["an error without a message"] : []
    }
  }

  private static func findings(in kernel: Kernel) -> [String] {
    var findings: [String] = []
    if kernel.taps.count != kernel.width * kernel.height {
      findings.append("\(kernel.taps.count) taps in \(kernel.width)×\(kernel.height)")
    }
    if !(1...255 ~= kernel.width && 1...255 ~= kernel.height) {
      findings.append("a kernel of \(kernel.width)×\(kernel.height)")
    }
    if !(0..<kernel.width ~= kernel.anchorX && 0..<kernel.height ~= kernel.anchorY) {
      findings.append("anchor \(kernel.anchorX),\(kernel.anchorY)")
    }
    let numbers = kernel.taps + [kernel.scale, kernel.offset]
    if !numbers.allSatisfy(\.isFinite) { findings.append("numbers that are not finite") }
    // The taps alone, written as rows, are the same kernel again.
    let rows = (0..<kernel.height).map { i in
      (0..<kernel.width).map { "\(kernel[i, $0])" }.joined(separator: ",")
    }
    let again = try? KernelParser.parse(rows.joined(separator: ";"))
    if again?.taps != kernel.taps || again?.width != kernel.width {
      findings.append("its rows are read as another kernel: \(rows.joined(separator: ";"))")
    }
    return findings
  }
}
