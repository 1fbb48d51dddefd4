internal import VizCheckpoint
internal import VizFiles
internal import VizImage
internal import VizMethods
internal import VizNN

/// A kernel that a network has learned, as an ordinary filter: `model.ckpt:conv1/7`.
///
/// The number behind the layer is the filter's, counted from 0. A filter that reads several channels has
/// a kernel for each: `conv2/7,3` is that for channel 3. Of a filter that reads red, green and blue, all
/// three together are its response to a gray picture, their sum. The bias is left out.
struct LearnedKernel {
  let path: String
  let layer: String
  let filter: Int
  let input: Int?

  /// nil where the word names no kernel in a file that exists.
  init?(_ word: String) {
    // Names of files and of layers may hold colons; the first that leaves a file's name counts.
    for (i, character) in zip(word.indices, word) where character == ":" {
      let path = String(word[..<i])
      guard FileKind(path) == .file,
        let (layer, numbers) = Self.parts(word[word.index(after: i)...])
      else { continue }
      self.path = path
      self.layer = layer
      filter = numbers[0]
      input = numbers.count == 2 ? numbers[1] : nil
      return
    }
    return nil
  }

  /// What is wrong with a word that must have been meant as such a kernel.
  static func misreading(_ word: String) -> PipelineError? {
    guard let colon = word.firstIndex(of: ":") else { return nil }
    let path = String(word[..<colon])
    let rest = word[word.index(after: colon)...]
    if FileKind(path) == .file {
      return .request(
        "'\(printable(String(rest)))' names no kernel of \(printable(path)); "
          + "expected layer/filter, as in conv1/7",
        hint: "vizcnn kernels \(path) draws all there are")
    }
    let endings = [".ckpt", ".pt", ".pth", ".safetensors", ".onnx", ".net"]
    guard FileKind(path) == nil, endings.contains(where: path.hasSuffix) else { return nil }
    return .file(.missing(path: path))
  }

  private static func parts(_ text: Substring) -> (layer: String, numbers: [Int])? {
    guard let slash = text.lastIndex(of: "/"), slash > text.startIndex else { return nil }
    let words = text[text.index(after: slash)...].split(
      separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }.filter { $0 >= 0 }
    guard numbers.count == words.count, 1...2 ~= numbers.count else { return nil }
    return (String(text[..<slash]), numbers)
  }

  func step() throws(PipelineError) -> FilterStep {
    let checkpoint = try ModelReader().read(path)
    let found: [LayerKernels]
    do throws(MethodError) {
      found = try LayerKernels.all(
        of: checkpoint.network, selection: LayerSelection([layer]))
    } catch {
      throw .method(file: path, error)
    }
    guard let kernels = found.first, found.count == 1 else {
      throw .request(
        "\(printable(path)): '\(printable(layer))' is "
          + (found.isEmpty ? "no convolution" : "\(found.count) layers; a filter is of one"),
        hint: "vizcnn kernels \(path) draws all there are")
    }
    let inputs = kernels.inputCount
    guard filter < kernels.filterCount, input ?? 0 < inputs else {
      throw .request(
        "\(printable(path)): layer '\(printable(kernels.name))' has \(kernels.filterCount) filters "
          + "of \(inputs) kernel\(inputs == 1 ? "" : "s"), counted from 0", hint: nil)
    }
    guard inputs == 1 || inputs == 3 || input != nil else {
      throw .request(
        "\(printable(path)): filter \(filter) of '\(printable(kernels.name))' reads \(inputs) "
          + "channels, with a kernel for each",
        hint: "\(path):\(layer)/\(filter),0 is the kernel for the first of them")
    }
    let planes = (input.map { [$0] } ?? Array(0..<inputs)).map {
      kernels.plane(filter: filter, input: $0)
    }
    return try step(planes, of: kernels)
  }

  private func step(
    _ planes: [Plane], of kernels: LayerKernels
  ) throws(PipelineError) -> FilterStep {
    let (width, height) = (planes[0].width, planes[0].height)
    var taps = [Double](repeating: 0, count: width * height)
    for plane in planes {
      for (i, tap) in plane.samples(as: Float.self).enumerated() { taps[i] += Double(tap) }
    }
    guard max(width, height) <= Kernel.maximumSide, taps.allSatisfy(\.isFinite) else {
      throw .request(
        "\(printable(path)): a kernel of \(width)×\(height) taps; a filter has at most "
          + "\(Kernel.maximumSide) a side, all finite", hint: nil)
    }
    return FilterStep(
      kernel: Kernel(width: width, height: height, taps: taps),
      name: FileName.safe("\(kernels.name)-\(filter)\(input.map { "-\($0)" } ?? "")"),
      runsOnGray: true)
  }
}
