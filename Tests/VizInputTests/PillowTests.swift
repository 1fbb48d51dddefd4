import Foundation
import Testing
import VizCheckpoint
import VizFiles
import VizImage
import VizInput
import VizNN

/// Held against Pillow and torchvision: Fixtures/make_pillow.py.
@Suite("Pillow and torchvision")
struct PillowTests {
  static let manyCases = ProcessInfo.processInfo.environment["VIZCNN_PILLOW"]

  @Test("every number is Pillow's and torchvision's")
  func fixture() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/pillow.safetensors").path
    try PillowCases(path).check()
  }

  @Test(
    "so are those of thousands of cases",
    .enabled(if: manyCases != nil, "VIZCNN_PILLOW names what make_pillow.py --many wrote"))
  func many() throws {
    try PillowCases(#require(Self.manyCases)).check()
  }
}

/// What make_pillow.py has written.
private struct PillowCases {
  let cases: [Case]
  let tensors: [String: StoredTensor]

  struct Case: Decodable {
    let kind: String
    let resize: Int?
    let height: Int?
    let width: Int?
    let mean: [Double]?
    let std: [Double]?
  }

  init(_ path: String) throws {
    let file = try Safetensors(ByteRegion(FileContents.read(path)))
    cases = try JSONDecoder().decode([Case].self, from: Data(#require(file.metadata["cases"]).utf8))
    tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
  }

  func check() throws {
    #expect(!cases.isEmpty)
    for (i, item) in cases.enumerated() {
      let given = try picture(#require(tensors["\(i) in"]))
      let expected = try #require(tensors["\(i) out"])
      let made =
        switch item.kind {
        case "resize":
          samples(of: given.resized(width: expected.shape[1], height: expected.shape[0]))
        default: try description(item).prepared(given, inversion: .no).tensor.values
        }
      let differing = zip(made, expected.floats).count { $0 != $1 }
      #expect(
        made.count == expected.elementCount && differing == 0,
        "case \(i): \(item), \(given.width)×\(given.height) \(given.layout) to \(expected.shape)")
    }
  }

  private func description(_ item: Case) throws -> InputDescription {
    let mean = try #require(item.mean)
    return InputDescription(
      channels: mean.count, height: try #require(item.height), width: try #require(item.width),
      resizeSide: item.resize == 0 ? nil : item.resize, mean: mean, standardDeviation: item.std)
  }

  private func picture(_ tensor: StoredTensor) throws -> Image {
    let layout = try #require([1: ChannelLayout.gray, 3: .rgb, 4: .rgba][tensor.shape[2]])
    let (width, height) = (tensor.shape[1], tensor.shape[0])
    return tensor.type == .uint8
      ? Image(
        width: width, height: height, layout: layout, samples: tensor.floats.map { UInt8($0) })
      : Image(width: width, height: height, layout: layout, samples: tensor.floats)
  }

  private func samples(of image: Image) -> [Float] {
    image.sampleType == .uint8
      ? image.samples(as: UInt8.self).map(Float.init) : image.samples(as: Float.self)
  }
}
