internal import ArgumentParser

/// A command that takes any number of pictures.
protocol PictureCommand: ParsableCommand {
  var image: [String] { get set }
}

/// Tells pictures from options, so that thousands of them pass ArgumentParser by: its time grows with
/// the square of their number.
enum PictureWords {
  /// The words without a dash that ArgumentParser gets to see: a model, if there is one, and a picture.
  private static let parsedWords = [
    "filter": 1, "verify": 1, "predict": 2, "activations": 2, "capsules": 2,
  ]

  /// The words to parse, with one picture among them, and the pictures that follow it.
  ///
  /// `words` are those that `StepRewriter` has made.
  static func split(_ words: [String]) -> (toParse: [String], pictures: [String]) {
    guard let verb = words.first, var open = parsedWords[verb] else { return (words, []) }
    var (toParse, pictures) = ([verb], [String]())
    var mayBeOption = true
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if mayBeOption, word.hasPrefix("-"), word != "-" {
        toParse.append(word)
        if word == "--" { mayBeOption = false }
        if word == StepRewriter.option || StepRewriter.ownsNextWord(word) {
          rest.popFirst().map { toParse.append($0) }
        }
      } else if open == 0 {
        pictures.append(word)
      } else {
        toParse.append(word)
        open -= 1
      }
    }
    return (toParse, pictures)
  }
}
