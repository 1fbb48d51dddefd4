internal import VizNN

extension PickledModule {
  /// The layers of a Sequential, or of one within another; nil where a class is no known layer, and so
  /// only its own code knows what it does.
  var netText: NetText? {
    var lines: [NetText.Line] = []
    return collect(prefix: "", into: &lines) && !lines.isEmpty ? NetText(lines: lines) : nil
  }

  private func collect(prefix: String, into lines: inout [NetText.Line]) -> Bool {
    if ["Sequential", "DataParallel", "DistributedDataParallel"].contains(className) {
      return children.allSatisfy { child in
        child.module.collect(prefix: prefix + child.name + ".", into: &lines)
      }
    }
    guard children.isEmpty, let layer else { return false }
    let name = prefix.isEmpty ? "0" : String(prefix.dropLast())
    lines.append(NetText.Line(name: name, layer: layer, inputs: nil, kernels: nil, line: 0))
    return true
  }

  /// The layer of this class, whose arguments modules keep under their own names.
  private var layer: (any Layer)? {
    guard let entry = try? LayerRegistry.entry(named: className) else { return nil }
    var arguments = LayerArguments()
    for argument in entry.arguments {
      if argument.name == "bias", !tensorNames.isEmpty {
        arguments["bias"] = .bool(tensorNames.contains("bias"))
      } else if let value = settings[argument.name] {
        arguments[argument.name] = value
      }
    }
    return try? entry.layer([], arguments)
  }
}
