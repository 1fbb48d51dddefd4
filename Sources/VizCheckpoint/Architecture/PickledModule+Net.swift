internal import VizNN

/// The layers of a module that was pickled whole.
struct PickledLayers {
  private(set) var lines: [NetText.Line] = []
  /// What in it is no layer here, with its name and why.
  private(set) var unknown: [OperatorUse] = []

  /// Containers that hand each part what the part before it makes.
  private static let sequences: Set = ["Sequential", "DataParallel", "DistributedDataParallel"]

  /// The layers of a Sequential, or of one within another; nil where the class is another, and so only
  /// its own code knows how its parts are joined.
  init?(_ module: PickledModule) {
    guard Self.sequences.contains(module.className) || module.children.isEmpty else { return nil }
    add(module, prefix: "")
  }

  private mutating func add(_ module: PickledModule, prefix: String) {
    if Self.sequences.contains(module.className) {
      for child in module.children { add(child.module, prefix: prefix + child.name + ".") }
      return
    }
    let name = prefix.isEmpty ? "0" : String(prefix.dropLast())
    do throws(LayerError) {
      let layer = try module.layer()
      lines.append(NetText.Line(name: name, layer: layer, inputs: nil, kernels: nil, line: 0))
    } catch {
      var reason: String? = "\(error)"
      if case .unknownLayer = error {
        reason = module.children.isEmpty ? nil : "only its own code knows how its parts are joined"
      }
      unknown.append(OperatorUse(name: module.className, node: name, reason: reason))
    }
  }

  /// nil where there is something unknown, or nothing at all.
  var netText: NetText? { unknown.isEmpty && !lines.isEmpty ? NetText(lines: lines) : nil }
}

extension PickledModule {
  /// The layer of this class, whose arguments modules keep under their own names.
  fileprivate func layer() throws(LayerError) -> any Layer {
    let entry = try LayerRegistry.entry(named: className)
    guard children.isEmpty else { throw .unknownLayer(name: className) }
    var arguments = LayerArguments()
    for argument in entry.arguments {
      if argument.name == "bias", !tensorNames.isEmpty {
        arguments["bias"] = .bool(tensorNames.contains("bias"))
      } else if let value = settings[argument.name] {
        arguments[argument.name] = value
      }
    }
    return try entry.layer([], arguments)
  }
}
