import Testing
import VizFiles
import VizImage
import VizKernels
import VizReference
import VizTestSupport

/// A photograph of a road, and what OpenCV 5.0 made of it.
///
/// OpenCV's filters were called with their default border, `reflect101`; ours is `extend`. The two
/// differ only where the kernel leaves the picture.
@Suite("A photograph of a lane", .needsData)
struct LanePhotoTests {
  private func read(_ name: String) throws -> Image {
    try ImageDecoder.decode(FileContents.read(DataFolder.path(name)))
  }

  private func photo() throws -> Image { try read("photos/curved_lane.jpg") }

  private func expected(_ name: String) throws -> Plane {
    try read("expected/curved_lane_\(name).png").colorPlanes[0]
  }

  /// The largest difference of two planes, and where it is first found within a frame.
  private func largestDifference(_ a: Plane, _ b: Plane) -> Double {
    zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
  }

  /// The places where planes differ.
  private func differences(_ a: Plane, _ b: Plane) -> [(x: Int, y: Int)] {
    let (a, width) = (zip(a.values, b.values).map { $0 != $1 }, a.width)
    return a.indices.filter { a[$0] }.map { ($0 % width, $0 / width) }
  }

  @Test("is decoded and made gray to the last bit")
  func decodedAndGray() throws {
    let image = try photo()
    let decoded = try read("expected/curved_lane_decoded.png")
    #expect(image.width == 1280 && image.height == 720)
    #expect(image.samples(as: UInt8.self) == decoded.samples(as: UInt8.self))
    #expect(image.grayscale.bytes == (try expected("gray")).bytes)
  }

  @Test("has the Sobel pictures of OpenCV, exactly")
  func sobel() throws {
    let gray = try photo().grayscale
    let (x, y) = (
      try gray.convolved(with: .sobelX(), edge: .reflect101),
      try gray.convolved(with: .sobelY(), edge: .reflect101)
    )
    #expect(x.bytes == (try expected("filter2d_sobel_x")).bytes)
    #expect(y.bytes == (try expected("filter2d_sobel_y")).bytes)
  }

  @Test("differs under extend in the outermost rows and columns only")
  func extend() throws {
    let gray = try photo().grayscale
    for (kernel, name) in [(Kernel.sobelX(), "x"), (.sobelY(), "y")] {
      let theirs = try expected("filter2d_sobel_\(name)")
      let ours = try gray.convolved(with: kernel)
      let places = differences(ours, theirs)
      #expect(!places.isEmpty)
      #expect(
        places.allSatisfy { $0.x == 0 || $0.x == 1279 || $0.y == 0 || $0.y == 719 }, "\(name)")
      let reference = try ReferencePlane(gray)
        .correlated(with: ReferenceKernel(kernel), edge: .extend).finished(as: .uint8)
      #expect(ReferencePlane(ours) == reference)
    }
    // Across the border reflect101 sees the same sample on both sides, extend the border itself.
    let ours = try gray.convolved(with: .sobelX(), output: .int16)
    let theirs = try gray.convolved(with: .sobelX(), edge: .reflect101, output: .int16)
    for y in 1..<719 {
      #expect(theirs[0, y] == 0 && theirs[1279, y] == 0)
      let difference = [(-1, 1.0), (0, 2), (1, 1)].reduce(0.0) {
        $0 + $1.1 * (gray[1, y + $1.0] - gray[0, y + $1.0])
      }
      #expect(ours[0, y] == difference)
    }
  }

  @Test("has OpenCV's 5×5 Gaussian within one step, which rounds halves up")
  func gaussian() throws {
    // Size 5 without a sigma: 1 4 6 4 1 in both directions, over 256.
    let blurred = try photo().grayscale.convolved(with: .binomial(size: 5), edge: .reflect101)
    #expect(largestDifference(blurred, try expected("gauss5")) <= 1)
  }

  @Test("has the edges of the blurred picture, up to what rounding in between costs")
  func gaussianThenSobel() throws {
    let image = try photo()
    let steps = [
      try FilterStep(preset: "binomial", values: [5]), try FilterStep(preset: "sobel-y"),
    ]
    let result = try FilterChain(steps, options: FilterOptions(edge: .reflect101)).apply(to: image)
    // OpenCV rounded the blurred picture: ½ a sample times Σ|k| = 8, and ½ for the last rounding.
    #expect(largestDifference(result.planes[0], try expected("gauss5_sobel_y")) <= 4)
  }

  @Test("has OpenCV's Canny edges, exactly")
  func canny() throws {
    let chain = try FilterChain([FilterStep(preset: "canny", values: [120, 240])])
    let result = try chain.apply(to: photo())
    #expect(result.planes[0].bytes == (try expected("canny_120_240")).bytes)
  }
}
