internal import VizFiles

/// A `.npy` file is read or refused; an array that is read has as many elements as its shape says, and
/// is the same again after it has been written and read.
enum NumPyFuzzing {
  static func findings(in bytes: [UInt8]) -> [String] {
    do throws(NumPyError) {
      let array = try NumPyArray(npy: bytes)
      guard array.shape.reduce(1, *) == array.elements.count else {
        return ["\(array.elements.count) elements for shape \(array.shape)"]
      }
      // Bytes, because NaN is not equal to itself.
      let written = array.npy
      let again = try NumPyArray(npy: written).npy
      return again == written ? [] : ["changed on its way through a file"]
    } catch {
      return error.description.isEmpty ? ["an error without a text"] : []
    }
  }
}
