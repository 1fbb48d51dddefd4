internal import VizCNN

extension KernelReport {
  var json: JSONValue {
    var members: [(String, JSONValue)] = [("name", .string(step.name))]
    guard let bank else {
      members.append(("kernels", .array([])))
      return .object(members)
    }
    let kernels = bank.kernels.map { kernel -> JSONValue in
      let range = kernel.responseRange(for: 0...255)
      return .object([
        ("width", .int(kernel.width)), ("height", .int(kernel.height)),
        ("anchor", .array([.int(kernel.anchorX), .int(kernel.anchorY)])),
        ("taps", .numbers(kernel.taps)), ("sum", .number(kernel.taps.reduce(0, +))),
        ("gain", .number(kernel.gain)),
        ("column", kernel.separated.map { .numbers($0.column) } ?? .null),
        ("row", kernel.separated.map { .numbers($0.row) } ?? .null),
        ("range", .numbers([range.lowerBound, range.upperBound])),
      ])
    }
    let plan = ConvolutionPlan(for: bank, source: .uint8, output: .uint8)
    return .object(
      members + [
        ("kernels", .array(kernels)), ("combination", .string("\(bank.combination)")),
        ("scale", .number(bank.scale)), ("offset", .number(bank.offset)),
        ("plan", .string("\(plan)")), ("reasons", .array(plan.reasons.map { .string($0) })),
        ("picture", .optional(picture)),
      ])
  }
}
