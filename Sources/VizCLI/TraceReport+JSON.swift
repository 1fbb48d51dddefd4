internal import VizCNN

extension TraceReport {
  var json: JSONValue {
    .object([
      ("input", .string(name)), ("x", .int(trace.x)), ("y", .int(trace.y)),
      ("step", .string(trace.stepName)),
      ("former", .array(trace.formerSteps.map { .string($0) })),
      ("edge", .string(trace.edge.description)), ("source", .string(trace.source.rawValue)),
      ("output", .string(trace.output.rawValue)),
      ("channels", .array(trace.channels.map(json(of:)))),
    ])
  }

  private func json(of channel: PixelTrace.Channel) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(channel.name)),
      (
        "window",
        .object([
          ("width", .int(channel.window.width)), ("height", .int(channel.window.height)),
          ("samples", .numbers(channel.window.samples)),
          ("outside", .array(channel.window.isOutside.map { .bool($0) })),
        ])
      ),
    ]
    switch channel.step {
    case .none, .median: break
    case .threshold(let level, _): members.append(("level", .number(level)))
    case .canny(let canny): members.append(("canny", json(of: canny)))
    case .gray(let red, let green, let blue):
      members.append(("colors", .numbers([red, green, blue])))
    case .kernels(let responses, let combination, let scale, let offset, let exact):
      let kernels = responses.map { response in
        JSONValue.object([
          ("taps", .numbers(response.kernel.taps)), ("products", .numbers(response.products)),
          ("sum", .number(response.sum)),
        ])
      }
      members += [
        ("kernels", .array(kernels)), ("combination", .string("\(combination)")),
        ("scale", .number(scale)), ("offset", .number(offset)), ("exact", .number(exact)),
      ]
    }
    members.append(("result", .number(channel.result)))
    return .object(members)
  }

  private func json(of canny: CannyTrace) -> JSONValue {
    func gradient(_ gradient: CannyTrace.Gradient) -> JSONValue {
      .object([
        ("x", .int(gradient.x)), ("y", .int(gradient.y)), ("dx", .int(gradient.dx)),
        ("dy", .int(gradient.dy)), ("magnitude", .int(gradient.magnitude)),
      ])
    }
    var members: [(String, JSONValue)] = [
      ("low", .int(canny.low)), ("high", .int(canny.high)),
      ("gradient", gradient(canny.gradient)), ("direction", .string("\(canny.direction)")),
      ("neighbours", .array([gradient(canny.before), gradient(canny.after)])),
      ("ridge", .bool(canny.isRidge)),
    ]
    switch canny.verdict {
    case .tooWeak: members.append(("verdict", .string("weak")))
    case .suppressed: members.append(("verdict", .string("suppressed")))
    case .strong: members.append(("verdict", .string("strong")))
    case .alone: members.append(("verdict", .string("alone")))
    case .connected(let strong, let steps):
      members += [
        ("verdict", .string("connected")), ("strong", gradient(strong)), ("steps", .int(steps)),
      ]
    }
    return .object(members)
  }
}
