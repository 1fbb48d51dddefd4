internal import VizFiles
public import VizImage

/// Kernels as people give them: as text, as a file behind an `@`, or as one that a network has learned.
public enum KernelFile {
  /// The file that a word would read; nil where it is the kernel's own text.
  public static func path(in word: String) -> String? {
    word.hasPrefix("@") ? String(word.dropFirst()) : LearnedKernel(word)?.path
  }

  /// The step that a word describes: `@FILE`, `MODEL:LAYER/FILTER`, or the kernel's own text.
  ///
  /// Errors name a text that stands in no file as `source`.
  public static func step(
    from word: String, source: String = "--kernel"
  ) throws(PipelineError) -> FilterStep {
    if !word.hasPrefix("@"), let learned = LearnedKernel(word) { return try learned.step() }
    if !word.hasPrefix("@"), let misread = LearnedKernel.misreading(word) { throw misread }
    guard word.hasPrefix("@") else {
      return FilterStep(kernel: try parse(word, source: source, isFile: false, isMat: false))
    }
    let path = String(word.dropFirst())
    let name = path == "-" ? "kernel" : String(OutputPlan.stem(of: path))
    return FilterStep(kernel: try read(path), name: name)
  }

  /// The kernel in a file: libvips `.mat`, ImageMagick text, a matrix of numbers, or `.npy`,
  /// where an array of one dimension is a row.
  public static func read(_ path: String) throws(PipelineError) -> Kernel {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes =
        path == "-"
        ? try StandardInput.readAll(limit: KernelParser.maximumBytes)
        : try FileContents.read(path, limit: KernelParser.maximumBytes)
    } catch {
      throw .file(error)
    }
    if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) {  // "\x93NUMPY"
      return try kernel(npy: bytes, path: path)
    }
    let name = path == "-" ? StandardInput.name : path
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .kernel(
        source: name, isFile: true, text: "", KernelSyntaxError("it is no text, and no .npy file"))
    }
    return try parse(text, source: name, isFile: true, isMat: path.hasSuffix(".mat"))
  }

  private static func parse(
    _ text: String, source: String, isFile: Bool, isMat: Bool
  ) throws(PipelineError) -> Kernel {
    do throws(KernelSyntaxError) {
      return try KernelParser.parse(text, isMat: isMat)
    } catch {
      throw .kernel(source: source, isFile: isFile, text: text, error)
    }
  }

  private static func kernel(npy bytes: [UInt8], path: String) throws(PipelineError) -> Kernel {
    let array: NumPyArray
    do throws(NumPyError) {
      array = try NumPyArray(npy: bytes)
    } catch {
      throw .numpy(file: path, error)
    }
    func refused(_ message: String) -> PipelineError {
      .kernel(source: path, isFile: true, text: "", KernelSyntaxError(message))
    }
    guard 1...2 ~= array.shape.count else {
      throw refused("the array has \(array.shape.count) dimensions; a kernel has 2, or 1 as a row")
    }
    let (height, width) = (array.shape.count == 1 ? 1 : array.shape[0], array.shape.last ?? 0)
    guard 1...Kernel.maximumSide ~= width, 1...Kernel.maximumSide ~= height else {
      throw refused(
        "\(width)×\(height) taps; 1 to \(Kernel.maximumSide) a side are possible")
    }
    let taps = array.doubles
    if let place = taps.firstIndex(where: { !$0.isFinite }) {
      let index = array.shape.count == 1 ? "\(place)" : "\(place / width), \(place % width)"
      throw refused("element [\(index)] is \(taps[place]); every tap is a finite number")
    }
    return Kernel(width: width, height: height, taps: taps)
  }
}
