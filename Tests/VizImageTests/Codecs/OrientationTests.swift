import Testing
import VizImage

@Suite("Orientation") struct OrientationTests {
  /// 1 2 3 / 4 5 6, as each orientation shows it.
  @Test(
    "moves pixels as EXIF defines it",
    arguments: [
      (Orientation.upright, [1, 2, 3, 4, 5, 6]),
      (.mirrored, [3, 2, 1, 6, 5, 4]),
      (.rotated180, [6, 5, 4, 3, 2, 1]),
      (.flipped, [4, 5, 6, 1, 2, 3]),
      (.transposed, [1, 4, 2, 5, 3, 6]),
      (.rotatedClockwise, [4, 1, 5, 2, 6, 3]),
      (.transverse, [6, 3, 5, 2, 4, 1]),
      (.rotatedCounterclockwise, [3, 6, 2, 5, 1, 4]),
    ])
  func movesPixels(_ orientation: Orientation, _ expected: [UInt8]) {
    let image = Image(width: 3, height: 2, layout: .gray, samples: [1, 2, 3, 4, 5, 6] as [UInt8])
    let turned = image.oriented(by: orientation)
    #expect(turned.width == (orientation.swapsSides ? 2 : 3))
    #expect(turned.samples(as: UInt8.self) == expected)
  }

  @Test("loses nothing for any samples", arguments: ChannelLayout.allCases)
  func isLossless(_ layout: ChannelLayout) {
    let inverse: [Orientation: Orientation] = [
      .rotatedClockwise: .rotatedCounterclockwise, .rotatedCounterclockwise: .rotatedClockwise,
    ]
    for type in SampleType.allCases {
      let image = Image.random(width: 131, height: 67, layout: layout, sampleType: type)
      for orientation in Orientation.allCases {
        let back = image.oriented(by: orientation).oriented(
          by: inverse[orientation] ?? orientation)
        #expect(back.isSame(as: image), "\(layout) \(type) \(orientation)")
      }
    }
  }
}
