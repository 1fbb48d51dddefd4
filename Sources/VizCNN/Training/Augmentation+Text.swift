internal import VizCheckpoint
internal import VizImage
internal import VizNN
public import VizTraining

extension Augmentation {
  /// Reads transforms as torchvision's constructors are written, in the grammar of `.net` text.
  ///
  ///     RandomCrop(32, padding=4), RandomHorizontalFlip()
  ///     transforms.Compose([transforms.RandomRotation(10), transforms.ToTensor()])
  public init(text: String) throws(PipelineError) {
    var items: [Item] = []
    do {
      for call in try NetParser.calls(of: text, example: "a transform, as in RandomCrop(32)") {
        try Self.add(call, to: &items)
      }
      try self.init(items)
    } catch let error as CheckpointError {
      throw Self.request(error)
    } catch let error as LayerError {
      throw Self.request(.layer(line: 1, layer: "Normalize", error))
    } catch {
      preconditionFailure("\(error)")
    }
    if items.isEmpty {
      throw Self.request(
        .invalidText(line: 1, expected: "a transform, as in RandomCrop(32)", found: "none"))
    }
  }

  private static func add(_ call: NetCall, to items: inout [Item]) throws(CheckpointError) {
    let name = call.function.split(separator: ".").last.map(String.init) ?? call.function
    if name == "Compose" { return try addAll(of: call, to: &items) }
    guard items.count < 64 else {
      throw .invalidText(line: call.line, expected: "at most 64 transforms", found: "more")
    }
    do {
      let (positional, named) = try NetLayer.arguments(of: call)
      items.append(try TransformRegistry.entry(named: name).item(positional, named))
    } catch LayerError.unknownLayer(let name) {
      let known = TransformRegistry.all.map(\.name)
      throw .invalidText(
        line: call.line, expected: "one of " + known.joined(separator: ", "),
        found: "'\(name)'\(suggestion(for: name, among: known))")
    } catch let error as LayerError {
      throw .layer(line: call.line, layer: name, error)
    } catch let error as CheckpointError {
      throw error
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// The transforms in `Compose([…])`.
  private static func addAll(of call: NetCall, to items: inout [Item]) throws(CheckpointError) {
    guard call.arguments.count == 1, case .list(let values) = call.arguments[0].value else {
      throw .invalidText(
        line: call.line, expected: "a list of transforms in Compose", found: "something else")
    }
    for value in values {
      guard case .call(let inner) = value else {
        throw .invalidText(
          line: call.line, expected: "a transform in Compose", found: "another value")
      }
      try add(inner, to: &items)
    }
  }

  private static func request(_ error: CheckpointError) -> PipelineError {
    .request(
      "augmentation, \(error)",
      hint: "as in --augment 'RandomCrop(32, padding=4), RandomHorizontalFlip()'")
  }
}
