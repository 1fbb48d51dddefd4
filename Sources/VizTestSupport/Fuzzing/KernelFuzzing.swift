internal import VizImage

/// A kernel's text is read or refused; what is read is a kernel, and runs.
enum KernelFuzzing {
  static func findings(in bytes: [UInt8]) -> [String] {
    guard let isMat = bytes.first.map({ $0 & 1 == 1 }) else { return [] }
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    do throws(KernelSyntaxError) {
      let kernel = try KernelParser.parse(text, isMat: isMat)
      return findings(in: kernel) + failures(of: kernel, work: bytes.count)
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

  /// However large or small its numbers are, a kernel is planned and applied.
  private static func failures(of kernel: Kernel, work: Int) -> [String] {
    guard kernel.taps.count <= 64 else { return [] }  // a run is about parsing
    let output = SampleType.allCases[work % SampleType.allCases.count]
    let plane =
      work / SampleType.allCases.count % 2 == 0
      ? Plane(width: 3, height: 2, samples: [0, 1, 100, 254, 255, 7] as [UInt8])
      : Plane(width: 3, height: 2, samples: [0, 1, -1e-3, 1e30, 2, .infinity] as [Float])
    let plan = ConvolutionPlan(for: KernelBank(kernel), source: plane.sampleType, output: output)
    let result = try? plane.convolved(with: kernel, output: output, jobs: 1)
    return (result?.width == 3 ? [] : ["\(plan) gives nothing"])
      + (plan.reasons.contains(where: \.isEmpty) ? ["\(plan) has no reason"] : [])
  }
}
