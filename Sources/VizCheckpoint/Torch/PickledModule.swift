package import VizNN

/// A module that was pickled whole, without the pickle it came from.
package struct PickledModule: Sendable {
  /// The class without its module: `Conv2d`.
  package let className: String
  package let settings: [String: LayerValue]
  /// Which parameters and buffers there are: `weight`, `bias`.
  package let tensorNames: [String]
  package let children: [Child]

  package struct Child: Sendable {
    package let name: String
    package let module: PickledModule
  }

  init(_ module: TorchModule, in pickle: Pickle) {
    className = module.className.split(separator: ".").last.map(String.init) ?? module.className
    settings = module.settings.compactMapValues { Self.setting($0, in: pickle, depth: 0) }
    tensorNames = module.tensors.compactMap { name, value in
      if case .none = pickle[value] { nil } else { name }
    }
    children = module.children.map {
      Child(name: $0.name, module: PickledModule($0.module, in: pickle))
    }
  }

  /// Numbers, texts and short lists of them; nil for everything else.
  private static func setting(
    _ reference: Pickle.Reference, in pickle: Pickle, depth: Int
  ) -> LayerValue? {
    switch pickle[reference] {
    case .none: return LayerValue.none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .string(let value): return .string(value)
    case .tuple(let elements), .list(let elements):
      guard depth == 0, elements.count <= 16 else { return nil }
      let settings = elements.compactMap { setting($0, in: pickle, depth: 1) }
      return settings.count == elements.count ? .list(settings) : nil
    default: return nil
    }
  }
}
