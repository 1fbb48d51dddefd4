internal import VizCNN

/// The most probable classes as text and as JSON.
struct PredictionReport {
  let path: String
  let prediction: Prediction
  let notes: [String]
  let top: Int

  /// `digit.png: 7 99.97 %`, and a line for each further class.
  var text: String {
    let classes = prediction.top(top)
    let width = classes.map(\.name.count).max() ?? 0
    let lines = classes.map { entry in
      "  \(padded(printable(entry.name), to: width))  \(percent(entry.probability))\n"
    }
    return "\(spoken(path))\n" + lines.joined()
  }

  var json: JSONValue {
    .object([
      ("picture", .string(path)), ("notes", .array(notes.map { .string($0) })),
      ("top", .array(prediction.top(top).map(\.json))),
    ])
  }
}

extension Prediction {
  /// What to say where the network's numbers are NaN, which have no order; nil where none is.
  var undefinedWarning: String? {
    let count = classes.count { $0.score.isNaN }
    guard count > 0 else { return nil }
    return
      "the network's output is NaN for \(count) of \(classes.count) classes, which have no order; "
      + "`vizcnn activations` shows the layer where it begins"
  }
}

/// A share as a percentage with two decimals, aligned for columns.
func percent(_ share: Double) -> String { leftPadded(BarChart.percent(share), to: 8) }
