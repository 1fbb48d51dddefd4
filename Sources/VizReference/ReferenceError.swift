/// Why the judge has no verdict.
package enum ReferenceError: Error, Equatable, Sendable {
  /// `crop` leaves nothing of a picture that is smaller than the kernel.
  case smallerThanKernel(width: Int, height: Int, kernelWidth: Int, kernelHeight: Int)
  /// `renormalize` with a kernel that has a negative tap.
  case negativeTap(x: Int, y: Int)
  /// `renormalize` where nothing of the kernel's sum is left inside the picture.
  case nothingLeft(x: Int, y: Int)
  /// An edge mode that the operation does not have.
  case edgeNotAvailable(operation: String, edge: ReferenceEdge)
  /// A median over values that have no order.
  case notANumber(x: Int, y: Int)
}

extension ReferenceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .smallerThanKernel(let width, let height, let kernelWidth, let kernelHeight):
      "a picture of \(width)×\(height) is smaller than the kernel of \(kernelWidth)×\(kernelHeight)"
    case .negativeTap(let x, let y):
      "renormalize needs taps that are not negative; the one at \(x),\(y) is"
    case .nothingLeft(let x, let y):
      "renormalize: no tap but zeros lies inside the picture at \(x),\(y)"
    case .edgeNotAvailable(let operation, let edge):
      "\(operation) has no edge mode \(edge)"
    case .notANumber(let x, let y):
      "the sample at \(x),\(y) is not a number"
    }
  }
}
