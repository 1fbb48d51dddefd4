#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Questions that two numbers answer with 1 for yes and 0 for no, and what remains of a division.
///
/// NaN is equal to nothing and neither greater nor less; as a truth it is yes, as everything but 0 is.
package enum Comparison: String, Sendable, CaseIterable {
  case equal = "Equal"
  case greater = "Greater"
  case less = "Less"
  case greaterOrEqual = "GreaterOrEqual"
  case lessOrEqual = "LessOrEqual"
  case and = "And"
  case or = "Or"
  case exclusiveOr = "Xor"
  /// a − b · ⌊a / b⌋, which has the sign of the divisor.
  case remainder = "Mod"

  /// Writes f of two numbers at a time: `out[i] = f(a[i], b[i])`.
  package func apply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    count: Int, execution: Execution
  ) {
    nonisolated(unsafe) let (a, b, out) = (a, b, out)
    ThreadPool.runPieces(of: count, size: pieceSize, jobs: execution.jobs) { range in
      @inline(__always) func map(_ f: (Float, Float) -> Float) {
        for i in range { out[i] = f(a[i], b[i]) }
      }
      @inline(__always) func ask(_ f: (Float, Float) -> Bool) { map { f($0, $1) ? 1 : 0 } }
      switch self {
      case .equal: ask(==)
      case .greater: ask(>)
      case .less: ask(<)
      case .greaterOrEqual: ask(>=)
      case .lessOrEqual: ask(<=)
      case .and: ask { $0 != 0 && $1 != 0 }
      case .or: ask { $0 != 0 || $1 != 0 }
      case .exclusiveOr: ask { ($0 != 0) != ($1 != 0) }
      case .remainder:
        map { a, b in
          let remainder = fmodf(a, b)
          return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
        }
      }
    }
  }
}

/// One of two numbers, as a third says.
///
///     out[i] = condition[i] ≠ 0 ? a[i] : b[i]
package func choose(
  _ condition: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into out: UnsafeMutablePointer<Float>, count: Int, execution: Execution
) {
  nonisolated(unsafe) let (condition, a, b, out) = (condition, a, b, out)
  ThreadPool.runPieces(of: count, size: pieceSize, jobs: execution.jobs) { range in
    for i in range { out[i] = condition[i] != 0 ? a[i] : b[i] }
  }
}

/// The place of the largest or smallest number along one dimension, of equal ones the first or the last.
///
/// NaN is larger than every number, and smaller.
package struct PlaceOfExtreme: Sendable {
  package let isMaximum: Bool
  package let takesLast: Bool

  package init(isMaximum: Bool, takesLast: Bool) {
    (self.isMaximum, self.takesLast) = (isMaximum, takesLast)
  }

  /// `outer` × `length` × `inner` numbers become `outer` × `inner` places.
  package func run(
    outer: Int, length: Int, inner: Int, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    precondition(length > 0, "the place of an extreme among no numbers")
    nonisolated(unsafe) let (input, output) = (input, output)
    ThreadPool.runPieces(of: outer * inner, size: pieceSize, jobs: execution.jobs) { range in
      for row in range {
        let source = input + row / inner * length * inner + row % inner
        var place = 0
        for i in stride(from: 1, to: length, by: 1)
        where beats(source[i * inner], source[place * inner]) { place = i }
        output[row] = Float(place)
      }
    }
  }

  private func beats(_ next: Float, _ best: Float) -> Bool {
    if next.isNaN || best.isNaN { return takesLast ? next.isNaN : !best.isNaN }
    if next == best { return takesLast }
    return isMaximum ? next > best : next < best
  }
}

/// What is behind the point cut off.
package func truncate(
  _ source: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int,
  execution: Execution
) {
  nonisolated(unsafe) let (source, out) = (source, out)
  ThreadPool.runPieces(of: count, size: pieceSize, jobs: execution.jobs) { range in
    for i in range { out[i] = source[i].rounded(.towardZero) }
  }
}

/// Numbers that a thread takes at a time.
private let pieceSize = 1 << 15
