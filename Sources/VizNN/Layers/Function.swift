internal import VizKernels

/// A function of mathematics, number by number.
///
///     output = f(input)
public struct Function: PointwiseLayer {
  /// The functions and their names; ONNX has all of them.
  public enum Name: String, Sendable, CaseIterable {
    case abs = "Abs"
    case neg = "Neg"
    case exp = "Exp"
    case log = "Log"
    case sqrt = "Sqrt"
    case reciprocal = "Reciprocal"
    case erf = "Erf"
    case floor = "Floor"
    case ceil = "Ceil"
    case round = "Round"
    case sign = "Sign"
    case sin = "Sin"
    case cos = "Cos"
  }

  public let name: Name

  public init(_ name: Name) {
    self.name = name
  }

  var function: Pointwise {
    switch name {
    case .abs: .abs
    case .neg: .negate
    case .exp: .exp
    case .log: .log
    case .sqrt: .sqrt
    case .reciprocal: .reciprocal
    case .erf: .erf
    case .floor: .floor
    case .ceil: .ceil
    case .round: .round
    case .sign: .sign
    case .sin: .sin
    case .cos: .cos
    }
  }

  public var arguments: LayerArguments { ["name": .string(name.rawValue)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { [ONNXNode(name.rawValue)] }

  public static let entry = LayerEntry(
    name: "Function", summary: "A function of mathematics, number by number",
    arguments: [.init("name")],
    onnx: Name.allCases.map { name in ONNXForm(name.rawValue) { _ in Function(name) } }
  ) { (arguments) throws(LayerError) in
    let name = try arguments.string("name", among: Name.allCases.map(\.rawValue))
    guard let name = Name(rawValue: name) else { throw arguments.wrong("name", "a function") }
    return Function(name)
  }
}
