package import VizKernels

/// A number that a filter takes.
public struct FilterParameter: Sendable {
  public let name: String
  public let unit: String
  public let range: ClosedRange<Double>
  public let defaultValue: Double
  /// What values are possible within the range.
  public let kind: Kind

  public enum Kind: String, Sendable {
    case real = "number"
    case whole = "whole number"
    case odd = "odd number"
  }

  public init(
    name: String, unit: String, range: ClosedRange<Double>, defaultValue: Double,
    kind: Kind = .real
  ) {
    self.name = name
    self.unit = unit
    self.range = range
    self.defaultValue = defaultValue
    self.kind = kind
  }

  /// Whether a value is in the range and of the kind.
  func allows(_ value: Double) -> Bool {
    guard range.contains(value) else { return false }
    return switch kind {
    case .real: true
    case .whole: value == value.rounded()
    case .odd: value == value.rounded() && Int(value) % 2 != 0
    }
  }
}

/// What a filter is to the engine.
public enum FilterKind: Sendable {
  /// Kernels, computed by the one convolution engine with every edge mode.
  case kernels(KernelBank)
  /// Something else that is done to each plane.
  case operation(PlaneOperation)
  /// Colour becomes gray.
  case gray
}

/// How a filter that is no kernel is computed, for people who ask.
public struct OperationMethod: Sendable {
  /// The way, in a word or two.
  public let way: String
  /// Additions, multiplications, comparisons and choices of one sample; nil where the samples decide.
  public let operations: Int?
  /// Why so, in a sentence.
  public let reason: String
}

/// A filter that is no kernel: a function of a plane and an edge mode.
public struct PlaneOperation: Sendable {
  package typealias Body =
    @Sendable (Plane, EdgeMode, Execution) throws(ImageError) -> Plane

  /// Whether samples are rounded to the picture's own type before.
  public let needsRoundedSamples: Bool
  /// The side of the square window that it looks at; 1 for a function of single samples.
  public let windowSide: Int
  public let method: OperationMethod
  package let body: Body
  /// The same for some rows at a time; nil where the whole plane is needed.
  package let rows: Rows?

  package typealias Rows =
    @Sendable (any PlaneShape, EdgeMode) throws(ImageError) -> any RowFilter

  package init(
    needsRoundedSamples: Bool, windowSide: Int, method: OperationMethod, rows: Rows? = nil,
    body: @escaping Body
  ) {
    self.needsRoundedSamples = needsRoundedSamples
    self.windowSide = windowSide
    self.method = method
    self.rows = rows
    self.body = body
  }
}

/// A preset: a name, what it takes and how it becomes a filter.
public struct FilterEntry: Sendable {
  public let name: String
  public let summary: String
  public let parameters: [FilterParameter]
  /// Whether it asks about brightness, as derivatives do: such a filter runs on gray unless colour
  /// is asked for.
  public let runsOnGray: Bool
  /// The filter for parameter values and the sample type of the picture.
  let make: @Sendable ([Double], SampleType) -> FilterKind

  init(
    name: String, summary: String, parameters: [FilterParameter] = [], runsOnGray: Bool = false,
    make: @escaping @Sendable ([Double], SampleType) -> FilterKind
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.runsOnGray = runsOnGray
    self.make = make
  }

  /// An entry whose filter does not depend on the sample type.
  init(
    name: String, summary: String, parameters: [FilterParameter] = [], runsOnGray: Bool = false,
    make: @escaping @Sendable ([Double]) -> FilterKind
  ) {
    self.init(
      name: name, summary: summary, parameters: parameters, runsOnGray: runsOnGray
    ) { values, _ in make(values) }
  }

  /// The given values, the rest at their defaults.
  ///
  /// - Throws: `ImageError.invalidFilter` for too many values or one that the parameter forbids.
  func complete(_ values: [Double]) throws(ImageError) -> [Double] {
    guard values.count <= parameters.count else {
      let takes =
        switch parameters.count {
        case 0: "no values"
        case 1: "one value, not \(values.count)"
        default: "at most \(parameters.count) values, not \(values.count)"
        }
      throw .invalidFilter("--\(name) takes \(takes)")
    }
    var complete = parameters.map(\.defaultValue)
    for (i, value) in values.enumerated() {
      let parameter = parameters[i]
      guard parameter.allows(value) else {
        throw .invalidFilter(
          "--\(name): \(parameter.name) is \(decimal(value)); expected "
            + "\(parameter.kind == .odd ? "an" : "a") \(parameter.kind.rawValue) from "
            + "\(decimal(parameter.range.lowerBound)) to \(decimal(parameter.range.upperBound))")
      }
      complete[i] = value
    }
    return complete
  }
}
