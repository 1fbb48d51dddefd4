#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Functions of one number as their definitions read, in Float64, by the names of PyTorch's classes and,
/// for those without one, of ONNX's operators.
package enum ReferenceActivation {
  /// Arguments by PyTorch's names; the definitions' own numbers where one is missing.
  package static func function(
    _ name: String, _ arguments: [String: Double] = [:]
  ) -> (@Sendable (Double) -> Double)? {
    let alpha = arguments["alpha"] ?? 1
    switch name {
    case "ReLU": return { bounded($0, 0, .infinity) }
    case "ReLU6": return { bounded($0, 0, 6) }
    case "Hardtanh":
      let (lower, upper) = (arguments["min_val"] ?? -1, arguments["max_val"] ?? 1)
      return { bounded($0, lower, upper) }
    case "LeakyReLU":
      let slope = arguments["negative_slope"] ?? 0.01
      return { $0 >= 0 ? $0 : slope * $0 }
    case "ELU": return { $0 > 0 ? $0 : alpha * (exp($0) - 1) }
    case "CELU": return { $0 > 0 ? $0 : alpha * (exp($0 / alpha) - 1) }
    case "SELU":
      return { 1.0507009873554804934 * ($0 > 0 ? $0 : 1.6732632423543772848 * (exp($0) - 1)) }
    case "GELU" where arguments["tanh"] == 1:
      let factor = (2 / Double.pi).squareRoot()
      return { 0.5 * $0 * (1 + tanh(factor * ($0 + 0.044715 * $0 * $0 * $0))) }
    case "GELU": return { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    case "SiLU": return { $0 / (1 + exp(-$0)) }
    case "Mish": return { $0 * tanh(log(1 + exp($0))) }
    case "Hardswish": return { $0 * bounded($0 + 3, 0, 6) / 6 }
    case "Hardsigmoid":
      let (alpha, beta) = (arguments["alpha"] ?? 1.0 / 6, arguments["beta"] ?? 0.5)
      return { bounded(alpha * $0 + beta, 0, 1) }
    case "Sigmoid": return { 1 / (1 + exp(-$0)) }
    case "Tanh": return { tanh($0) }
    case "Softplus":
      let (beta, threshold) = (arguments["beta"] ?? 1, arguments["threshold"] ?? 20)
      return { $0 * beta > threshold ? $0 : log(1 + exp(beta * $0)) / beta }
    case "Threshold":
      let (threshold, value) = (arguments["threshold"] ?? 0, arguments["value"] ?? 0)
      return { $0 <= threshold ? value : $0 }
    case "Softsign": return { $0 / (1 + abs($0)) }
    default: return mathematics(name)
    }
  }

  private static func mathematics(_ name: String) -> (@Sendable (Double) -> Double)? {
    switch name {
    case "Abs": { abs($0) }
    case "Neg": { -$0 }
    case "Exp": { exp($0) }
    case "Log": { log($0) }
    case "Sqrt": { $0.squareRoot() }
    case "Reciprocal": { 1 / $0 }
    case "Erf": { erf($0) }
    case "Floor": { floor($0) }
    case "Ceil": { ceil($0) }
    case "Round": { rint($0) }  // ties to even
    case "Sign": { $0.isNaN ? .nan : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case "Sin": { sin($0) }
    case "Cos": { cos($0) }
    case "whole": { $0 < 0 ? ceil($0) : floor($0) }
    case "bool": { $0 == 0 ? 0 : 1 }
    case "not": { $0 == 0 ? 1 : 0 }
    default: nil
    }
  }

  /// NaN stays NaN.
  private static func bounded(_ x: Double, _ lower: Double, _ upper: Double) -> Double {
    x < lower ? lower : x > upper ? upper : x
  }
}
