internal import VizCheckpoint
public import VizFiles
public import VizNN

/// Tensors in files of their own.
public struct TensorFile: Sendable {
  /// What the file calls it; nil where it does not say.
  public let name: String?
  public let tensor: Tensor

  /// The tensor in a `.npy` file, or in one of ONNX's (`.pb`).
  ///
  /// Numbers of other types become Float32.
  public static func read(_ path: String) throws(PipelineError) -> TensorFile {
    guard !path.lowercased().hasSuffix(".pb") else {
      do throws(CheckpointError) {
        let file = try ONNXTensorFile.read(path)
        return TensorFile(name: file.name.isEmpty ? nil : file.name, tensor: file.tensor)
      } catch {
        throw .checkpoint(file: path, error)
      }
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = path == "-" ? try StandardInput.readAll() : try FileContents.read(path)
    } catch {
      throw .file(error)
    }
    do throws(NumPyError) {
      let array = try NumPyArray(npy: bytes)
      return TensorFile(name: nil, tensor: Tensor(array))
    } catch {
      throw .numpy(file: path == "-" ? StandardInput.name : path, error)
    }
  }
}

extension Tensor {
  init(_ array: NumPyArray) {
    let shape = Shape(array.shape)
    if case .float(let values) = array.elements {
      self.init(shape: shape, values: values)
    } else {
      self.init(shape: shape, values: array.doubles.map { Float($0) })
    }
  }

  /// The tensor as NumPy saves arrays.
  public var numPyArray: NumPyArray {
    NumPyArray(shape: shape.dimensions, elements: .float(values))
  }
}
