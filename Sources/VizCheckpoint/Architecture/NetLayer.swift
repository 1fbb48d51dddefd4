internal import VizImage
package import VizNN

/// The layer that a call describes, the layers it reads, and weights that it fixes.
package struct NetLayer {
  let layer: any Layer
  private(set) var inputs: [String]?
  private(set) var kernels: LayerParameters?

  /// Functions whose arguments are layers, and what PyTorch has no module for.
  private static let functions = [
    "add": "Add", "cat": "Concat", "concat": "Concat", "mul": "Mul", "sub": "Sub",
  ]

  init(_ call: NetCall) throws(CheckpointError) {
    var call = call
    inputs = call.inputs
    if let name = Self.functions[call.function] {
      call.function = name
      inputs = try Self.takeNames(&call)
    }
    do {
      let entry = try LayerRegistry.entry(named: call.function)
      let fixed = try Self.takeKernels(&call, of: entry)
      let (positional, named) = try Self.arguments(of: call)
      layer = try entry.layer(positional, named)
      if let fixed { kernels = try fixed.parameters(of: layer, line: call.line) }
    } catch let error as LayerError {
      throw .layer(line: call.line, layer: call.function, error)
    } catch let error as CheckpointError {
      throw error
    } catch {
      preconditionFailure("reading \(call.function): \(error)")
    }
  }

  /// The bare words of `add(a, b)`, or those in lists as in `cat([a, b], dim=1)`.
  private static func takeNames(_ call: inout NetCall) throws(CheckpointError) -> [String] {
    var names: [String] = []
    func take(_ value: NetCall.Value) -> Bool {
      if case .list(let values) = value { return values.allSatisfy(take) }
      guard let name = value.name else { return false }
      names.append(name)
      return true
    }
    call.arguments = call.arguments.filter { $0.keyword != nil || !take($0.value) }
    guard names.count >= 2 else {
      throw .invalidText(
        line: call.line, expected: "names of two layers or more", found: "\(names.count)")
    }
    return names
  }

  private static func takeKernels(
    _ call: inout NetCall, of entry: LayerEntry
  ) throws(CheckpointError) -> FixedKernels? {
    guard let i = call.arguments.firstIndex(where: { $0.keyword == "kernels" }) else { return nil }
    guard entry.name == "Conv2d" else {
      throw .invalidText(line: call.line, expected: "kernels in a Conv2d", found: entry.name)
    }
    let kernels = try FixedKernels(call.arguments.remove(at: i).value, line: call.line)
    if !call.arguments.contains(where: { $0.keyword == "bias" }), call.arguments.count < 8 {
      call.arguments.append(NetCall.Argument(keyword: "bias", value: .literal(.bool(false))))
    }
    return kernels
  }

  /// The values of a call, in their order and by their names.
  package static func arguments(
    of call: NetCall
  ) throws(CheckpointError) -> ([LayerValue], LayerArguments) {
    var positional: [LayerValue] = []
    var named = LayerArguments()
    for argument in call.arguments {
      guard let value = layerValue(argument.value) else {
        throw .invalidText(
          line: call.line, expected: "numbers or texts in \(call.function)", found: "a layer")
      }
      if let keyword = argument.keyword {
        guard named[keyword] == nil else {
          throw .invalidText(
            line: call.line, expected: "every argument once", found: "'\(keyword)' again")
        }
        // Where the numbers lie, and how, is no matter of the network's.
        if keyword != "device", keyword != "dtype" { named[keyword] = value }
      } else {
        positional.append(value)
      }
    }
    return (positional, named)
  }

  private static func layerValue(_ value: NetCall.Value) -> LayerValue? {
    switch value {
    case .literal(let value): return value
    case .word(let word): return .string(word)
    case .call: return nil
    case .list(let values):
      let found = values.compactMap(layerValue)
      return found.count == values.count ? .list(found) : nil
    }
  }
}

/// The kernels of `Conv2d(1, 4, 3, kernels=[sobel-x, …])`.
///
/// A preset by its name, with its parameters in brackets (`gaussian(1.5)`); the text of a kernel, as
/// `filter --kernel` takes it; or rows of numbers.
private struct FixedKernels {
  let kernels: [Kernel]

  init(_ value: NetCall.Value, line: Int) throws(CheckpointError) {
    guard case .list(let values) = value, !values.isEmpty else {
      throw .invalidText(
        line: line, expected: "a list of kernels, as in [sobel-x, sobel-y]", found: "another value")
    }
    var kernels: [Kernel] = []
    for value in values {
      do {
        kernels.append(try Self.kernel(value, line: line))
      } catch let error as CheckpointError {
        throw error
      } catch {
        throw .invalidText(line: line, expected: "a kernel", found: "\(error)")
      }
    }
    self.kernels = kernels
  }

  private static func kernel(_ value: NetCall.Value, line: Int) throws -> Kernel {
    switch value {
    case .word(let name): return try preset(name, [], line: line)
    case .call(let call):
      let values = call.arguments.compactMap { number($0.value) }
      guard values.count == call.arguments.count else { break }
      return try preset(call.function, values, line: line)
    case .literal(.string(let text)): return try KernelParser.parse(text)
    case .list(let rows):
      if let rows = numbers(rows) { return Kernel(rows: rows) }
    case .literal: break
    }
    throw CheckpointError.invalidText(
      line: line, expected: "a preset's name, a kernel's text or rows of numbers",
      found: "another value")
  }

  /// Rows of one length, each of finite numbers; nil for everything else.
  private static func numbers(_ rows: [NetCall.Value]) -> [[Double]]? {
    var found: [[Double]] = []
    for case .list(let row) in rows { found.append(row.compactMap(number)) }
    let width = found.first?.count ?? 0
    let counts: [Int] = rows.map { row in
      if case .list(let row) = row { row.count } else { 0 }
    }
    let sides = 1...Kernel.maximumSide
    guard sides.contains(rows.count), sides.contains(width), found.count == rows.count,
      counts.allSatisfy({ $0 == width }), found.allSatisfy({ $0.count == width })
    else { return nil }
    return found
  }

  private static func number(_ value: NetCall.Value) -> Double? {
    switch value {
    case .literal(.int(let value)): Double(value)
    case .literal(.float(let value)): value.isFinite ? value : nil
    default: nil
    }
  }

  private static func preset(_ name: String, _ values: [Double], line: Int) throws -> Kernel {
    let step = try FilterStep(preset: name, values: values)
    guard case .kernels(let bank) = step.kind(depth: .float), bank.kernels.count == 1,
      bank.offset == 0
    else {
      throw CheckpointError.invalidText(
        line: line, expected: "a preset that is a single kernel", found: "'\(name)'")
    }
    return bank.kernels[0]
  }

  /// The weights `[O, 1, KH, KW]`, kernels smaller than the layer's in the middle of zeros.
  func parameters(
    of layer: any Layer, line: Int
  ) throws(CheckpointError) -> LayerParameters {
    guard let weight = layer.parameterShapes.first(where: { $0.name == "weight" })?.shape else {
      throw .invalidText(line: line, expected: "a layer with weights", found: layer.typeName)
    }
    guard weight[0] == kernels.count, weight[1] == 1 else {
      throw .invalidText(
        line: line, expected: "\(weight[0]) kernels, each on one channel",
        found: "\(kernels.count) kernels on \(weight[1]) channels")
    }
    var values: [Float] = []
    for kernel in kernels {
      let (top, left) = (weight[2] - kernel.height, weight[3] - kernel.width)
      guard top >= 0, left >= 0, top.isMultiple(of: 2), left.isMultiple(of: 2) else {
        throw .invalidText(
          line: line, expected: "kernels that fit into \(weight[2])×\(weight[3])",
          found: "\(kernel.height)×\(kernel.width)")
      }
      for y in 0..<weight[2] {
        for x in 0..<weight[3] {
          let (i, j) = (y - top / 2, x - left / 2)
          let isInside = 0..<kernel.height ~= i && 0..<kernel.width ~= j
          values.append(isInside ? Float(kernel[i, j] * kernel.scale) : 0)
        }
      }
    }
    var parameters: LayerParameters = ["weight": Tensor(shape: weight, values: values)]
    for parameter in layer.parameterShapes where parameter.name == "bias" {
      parameters["bias"] = Tensor(repeating: 0, shape: parameter.shape)
    }
    return parameters
  }
}
