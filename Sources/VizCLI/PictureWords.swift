internal import ArgumentParser

/// A command that takes any number of pictures.
protocol PictureCommand: ParsableCommand {
  var image: [String] { get set }
}

/// Tells pictures from options, so that thousands of them pass ArgumentParser by: its time grows with
/// the square of their number.
enum PictureWords {
  private static let verbs: Set<String> = ["filter", "verify"]

  /// The words to parse, with one picture among them, and the pictures that follow it.
  ///
  /// `words` are those that `StepRewriter` has made.
  static func split(_ words: [String]) -> (toParse: [String], pictures: [String]) {
    guard let verb = words.first, verbs.contains(verb) else { return (words, []) }
    var (toParse, pictures) = ([verb], [String]())
    var (hasPicture, mayBeOption) = (false, true)
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if mayBeOption, word.hasPrefix("-"), word != "-" {
        toParse.append(word)
        if word == "--" { mayBeOption = false }
        if word == StepRewriter.option || StepRewriter.ownsNextWord(word) {
          rest.popFirst().map { toParse.append($0) }
        }
      } else if hasPicture {
        pictures.append(word)
      } else {
        toParse.append(word)
        hasPicture = true
      }
    }
    return (toParse, pictures)
  }
}
