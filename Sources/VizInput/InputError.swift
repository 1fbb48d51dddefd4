internal import VizImage

/// What the world can get wrong about the input of a network.
public enum InputError: Error, Equatable, Sendable {
  /// The network takes so many channels, and no picture has them.
  case channels(Int)
  /// An input larger than the limit; nothing was allocated.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// The network's input is no batch of pictures; nil is a length that is not fixed.
  case notPictures(shape: [Int?])
  /// Neither the network nor anything else says how large its pictures are.
  case unknownSize
  /// Another size than the only one that the network takes; nil is a length that is not fixed.
  case sizeMismatch(networkWidth: Int?, networkHeight: Int?, found: InputSize)
  /// A name that no preset has.
  case unknownPreset(String)
  /// An option whose value cannot be read.
  case invalidOption(String, expected: String, found: String)
}

extension InputError {
  /// The way out, where there is one to tell.
  public var hint: String? {
    switch self {
    case .notPictures(let shape) where shape.allSatisfy({ $0 == nil }):
      "--input-shape 1x28x28 says what its pictures are: channels, height, width"
    case .channels, .notPictures: "`vizcnn run` takes tensors of any shape, as .npy files"
    case .unknownSize: "give --size, or --preprocess with a preset"
    case .unknownPreset: "known are " + InputPreset.all.map(\.name).joined(separator: ", ")
    default: nil
    }
  }
}

extension InputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .channels(let count):
      "the network takes \(count) channels; a picture has 1 (gray) or 3 (colour)"
    case .tooLarge(let width, let height, let limit):
      "an input of \(width)×\(height) pixels; the limit is \(limit) pixels"
    case .notPictures(let shape):
      "the network takes \(describe(shape)); pictures are [batch, channels, height, width]"
    case .unknownSize:
      "nothing says how large the network's pictures are"
    case .sizeMismatch(let width, let height, let found):
      "the network takes \(text(width))×\(text(height)) pixels, not \(found)"
    case .unknownPreset(let name):
      "no preset is called '\(name)'" + suggestion(for: name, among: InputPreset.all.map(\.name))
    case .invalidOption(let option, let expected, let found):
      "\(option): expected \(expected), found '\(found)'"
    }
  }

  private func describe(_ shape: [Int?]) -> String {
    "[" + shape.map(text).joined(separator: ", ") + "]"
  }

  private func text(_ length: Int?) -> String { length.map(String.init) ?? "any" }
}
