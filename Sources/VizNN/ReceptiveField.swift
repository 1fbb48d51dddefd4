/// The part of the input that one number of a value depends on.
///
/// The number at i covers the samples from `i · stride + start` on, `size` of them, as far as they lie in
/// the input.
///
/// - Source: Araujo et al. 2019, "Computing Receptive Fields of Convolutional Neural Networks",
///   doi:10.23915/distill.00021.
public struct ReceptiveField: Equatable, Sendable {
  /// One direction. Layers that enlarge an image make sizes and strides that are no whole numbers.
  public struct Axis: Equatable, Sendable {
    public var size = 1.0
    public var stride = 1.0
    public var start = 0.0

    public init(size: Double = 1, stride: Double = 1, start: Double = 0) {
      self.size = size
      self.stride = stride
      self.start = start
    }

    /// Where the middle of the first window is.
    public var centre: Double { start + (size - 1) / 2 }
  }

  public var vertical = Axis()
  public var horizontal = Axis()
  /// Whether all ways from the input to the value have the same stride and centre; where they have not, the
  /// field holds all of them.
  public var isAligned = true

  public init(vertical: Axis = Axis(), horizontal: Axis = Axis(), isAligned: Bool = true) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.isAligned = isAligned
  }
}

extension Architecture {
  /// The receptive field of every value with regard to the inputs; nil where it is all of the input.
  ///
  /// Values that depend on no input are left out.
  public func receptiveFields(
    for inputs: [String: Shape]
  ) throws(NetworkError) -> [String: ReceptiveField?] {
    let shapes = try shapes(for: inputs)
    var fields: [String: ReceptiveField?] = [:]
    for input in self.inputs { fields[input.name] = .some(ReceptiveField()) }
    for node in nodes {
      let seen = node.inputs.compactMap { fields[$0] }
      guard !seen.isEmpty else { continue }
      let reach = node.layer.reach(inputs: node.inputs.compactMap { shapes[$0] })
      for value in node.values { fields[value] = .some(ReceptiveField(seen, through: reach)) }
    }
    return fields
  }
}

extension ReceptiveField {
  /// The field of what sees several values through a layer; nil for all.
  fileprivate init?(_ fields: [ReceptiveField?], through reach: Reach) {
    let known = fields.compactMap { $0 }
    guard known.count == fields.count, var field = known.first, reach != .everything else {
      return nil
    }
    for other in known.dropFirst() { field.unite(with: other) }
    if case .window(let vertical, let horizontal) = reach {
      field.vertical.look(through: vertical)
      field.horizontal.look(through: horizontal)
    }
    self = field
  }

  private mutating func unite(with other: ReceptiveField) {
    let agree =
      vertical.agrees(with: other.vertical) && horizontal.agrees(with: other.horizontal)
    vertical.unite(with: other.vertical)
    horizontal.unite(with: other.horizontal)
    isAligned = isAligned && other.isAligned && agree
  }
}

extension ReceptiveField.Axis {
  fileprivate mutating func look(through window: Reach.Window) {
    size += (window.size - 1) * stride
    start -= window.padding * stride
    stride *= window.stride
  }

  fileprivate func agrees(with other: Self) -> Bool {
    stride == other.stride && centre == other.centre
  }

  fileprivate mutating func unite(with other: Self) {
    let end = max(start + size, other.start + other.size)
    start = min(start, other.start)
    size = end - start
    stride = min(stride, other.stride)
  }
}
