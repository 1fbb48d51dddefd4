import Foundation
import Testing
import VizCheckpoint
import VizFiles
import VizTraining

/// Held against torchvision: Fixtures/make_torchvision.py.
@Suite("torchvision's transforms")
struct TorchvisionTests {
  private struct Case: Decodable {
    let kind: String
    let numbers: [Double]
    let mode: String?

    func int(_ i: Int) -> Int { Int(numbers[i]) }
  }

  @Test("every byte is torchvision's, once the parameters are fixed")
  func fixture() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/torchvision.safetensors").path
    let file = try Safetensors(ByteRegion(FileContents.read(path)))
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(#require(file.metadata["cases"]).utf8))
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    #expect(cases.count > 150)
    for (i, item) in cases.enumerated() {
      let given = try pixels(#require(tensors["\(i) in"]))
      let expected = try pixels(#require(tensors["\(i) out"]))
      let made = try steps(of: item, given).reduce(given) { $0.applying($1) }
      #expect(made.size == expected.size && made.channels == expected.channels, "\(i): \(item)")
      let differing = zip(made.samples, expected.samples).count { $0 != $1 }
      #expect(differing == 0, "\(i): \(item), \(given.size)×\(given.channels)")
    }
  }

  /// Bytes that stand pixel by pixel.
  private func pixels(_ tensor: StoredTensor) throws -> Pixels {
    let (height, width, channels) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    let values = tensor.floats.map { UInt8($0) }
    return Pixels(
      width: width, height: height, channels: channels,
      samples: (0..<channels).flatMap { c in
        stride(from: c, to: values.count, by: channels).map { values[$0] }
      })
  }

  private func steps(of item: Case, _ pixels: Pixels) throws -> [PictureStep] {
    let fill = PictureFill(pixels.channels == 1 ? [7] : [10, 20, 30])
    let interpolation = Interpolation(rawValue: item.mode ?? "") ?? .nearest
    let size = pixels.size
    func resize(_ height: Int, _ width: Int) -> PictureStep {
      .resized(width: width, height: height)
    }
    switch item.kind {
    case "pad":
      let mode = try #require(PictureBorder.Mode(rawValue: item.mode ?? ""))
      return [
        .padded(
          PictureBorder(
            left: item.int(0), top: item.int(1), right: item.int(2), bottom: item.int(3),
            fill: fill, mode: mode))
      ]
    case "crop":
      return [
        .cropped(left: item.int(0), top: item.int(1), width: item.int(2), height: item.int(3))
      ]
    case "resized_crop":
      return [
        .cropped(left: item.int(0), top: item.int(1), width: item.int(2), height: item.int(3)),
        resize(item.int(4), item.int(5)),
      ]
    case "hflip": return [.flippedHorizontally]
    case "vflip": return [.flippedVertically]
    case "center_crop":
      return try drawn("CenterCrop((\(item.int(0)), \(item.int(1))))", size)
    case "resize":
      let numbers = item.numbers.map { String(Int($0)) }.joined(separator: ", ")
      return try drawn("Resize((\(numbers)))", size)
    case "rotate":
      let isCentered = item.numbers.count == 3
      return PictureStep.rotation(
        item.numbers[0], of: size, interpolation,
        around: isCentered ? PicturePoint(x: item.numbers[1], y: item.numbers[2]) : nil,
        fill: fill)
    case "affine":
      return [
        .affine(
          item.numbers[0], shift: (item.int(1), item.int(2)), scale: item.numbers[3],
          shear: (item.numbers[4], item.numbers[5]), of: size, interpolation, fill: fill)
      ]
    case "gray": return [.gray(channels: item.int(0))]
    case "brightness": return [.brightness(item.numbers[0])]
    case "contrast": return [.contrast(item.numbers[0])]
    case "saturation": return [.saturation(item.numbers[0])]
    case "hue": return [.hue(item.numbers[0])]
    default:
      Issue.record("no case is called \(item.kind)")
      return []
    }
  }
}
