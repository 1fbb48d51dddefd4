import Testing
import VizImage
import VizKernels
import VizTestSupport

extension Plane {
  /// The same plane between pages that may not be touched.
  fileprivate func guarded(_ side: GuardedBuffer.Side) -> Plane {
    Plane(
      width: width, height: height, sampleType: sampleType,
      storage: GuardedBuffer.copy(
        of: storage, byteCount: width * height * sampleType.byteCount, flushWith: side))
  }
}

/// Filters over planes that end where the memory ends: one sample too far ends the process.
@Suite("Guard pages around planes")
struct GuardPageTests {
  private static let kernels = [
    Kernel(rows: [[2]]), .sobelX(), .sobelY(size: 5), Kernel.gaussian(sigma: 1),
    Kernel(width: 1, height: 9, taps: [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    Kernel(width: 17, height: 1, taps: [Double](repeating: 0.1, count: 17), anchorX: 16),
    Kernel(width: 2, height: 4, taps: [1, -1, 3, 0, 0, 2, -7, 100_000], anchorX: 0, anchorY: 3),
    Kernel(width: 40, height: 2, taps: (0..<80).map { Double($0 % 7) / 8 }),
  ]

  @Test("every depth, width and edge mode", arguments: EdgeMode.all, GuardedBuffer.Side.allCases)
  func kernels(edge: EdgeMode, side: GuardedBuffer.Side) throws {
    for type in SampleType.allCases {
      for width in 1...130 {
        let plane = Plane.random(width: width, height: 1 + width % 4, type: type, seed: 1)
        let guarded = plane.guarded(side)
        for i in 0..<3 {
          let kernel = Self.kernels[(width + i * 3) % Self.kernels.count]
          let output = SampleType.allCases[(width + i) % 4]
          for table in KernelTable.usable {
            let execution = Execution(kernels: table, jobs: 1)
            let (free, caged) = (
              try? plane.filtered(
                with: KernelBank(kernel), edge: edge, output: output, execution: execution),
              try? guarded.filtered(
                with: KernelBank(kernel), edge: edge, output: output, execution: execution)
            )
            #expect(free?.plane.bytes == caged?.plane.bytes, "\(type) \(width)")
          }
        }
      }
    }
  }

  @Test("through frequencies", arguments: EdgeMode.all, GuardedBuffer.Side.allCases)
  func frequencies(edge: EdgeMode, side: GuardedBuffer.Side) throws {
    for (width, height) in [(1, 40), (33, 9), (65, 64), (131, 70)] {
      for type in SampleType.allCases {
        let plane = Plane.random(width: width, height: height, type: type, seed: 5).guarded(side)
        let kernel = Kernel(
          width: 8, height: 5, taps: (0..<40).map { 1 / Double($0 + 3) }, anchorX: 2, anchorY: 4)
        guard
          let convolution = try? plane.convolution(
            with: KernelBank(kernel), edge: edge, output: type, way: .fourier)
        else {
          #expect(edge == .crop && width < 8)
          continue
        }
        #expect(convolution.fourier != nil)
        let geometry = convolution.geometry
        let byteCount = geometry.outputWidth * geometry.outputHeight * type.byteCount
        for table in KernelTable.usable {
          let free = SampleBuffer(byteCount: byteCount)
          let caged = GuardedBuffer.make(byteCount: byteCount, flushWith: side)
          for output in [free, caged] {
            _ = convolution.run(
              plane.storage, into: output, execution: Execution(kernels: table, jobs: 2))
          }
          #expect(
            free.elements(of: UInt8.self, count: byteCount)
              == caged.elements(of: UInt8.self, count: byteCount), "\(width) \(type)")
        }
      }
    }
  }

  @Test("joined kernels and operations", arguments: GuardedBuffer.Side.allCases)
  func operations(side: GuardedBuffer.Side) throws {
    for name in ["sobel", "roberts", "kirsch", "median", "canny", "threshold"] {
      for type in [SampleType.uint8, .uint16, .int16] {
        for width in 1...130 {
          let plane = Plane.random(width: width, height: 1 + width % 3, type: type, seed: 2)
          let guarded = plane.guarded(side)
          let edge = [EdgeMode.extend, .pad(0), .mirror, .reflect101, .wrap][width % 5]
          let values = name == "median" ? [[3.0, 5, 7, 9][width % 4]] : []
          for table in KernelTable.usable {
            let execution = Execution(kernels: table, jobs: 1)
            let run = { (plane: Plane) throws -> [UInt8] in
              switch try FilterStep(preset: name, values: values).kind(depth: type) {
              case .kernels(let bank):
                try plane.filtered(with: bank, edge: edge, output: type, execution: execution)
                  .plane.bytes
              case .operation(let operation): try operation.body(plane, edge, execution).bytes
              case .gray: []
              }
            }
            #expect(try run(plane) == run(guarded), "\(name) \(type) \(width)")
          }
        }
      }
    }
  }

  @Test("gray and channels", arguments: GuardedBuffer.Side.allCases)
  func channels(side: GuardedBuffer.Side) {
    for type in SampleType.allCases {
      for width in 1...130 {
        for layout in [ChannelLayout.grayAlpha, .rgb, .rgba] {
          let samples = Plane.random(
            width: width * layout.channels, height: 2, type: type, seed: 3
          ).guarded(side)
          let image = Image(
            width: width, height: 2, layout: layout, sampleType: type, storage: samples.storage)
          for table in KernelTable.usable {
            let execution = Execution(kernels: table, jobs: 1)
            let planes = image.colorPlanes(execution).map { $0.guarded(side) }
            let again = Image(
              planes: planes, alpha: image.alphaPlane(execution), metadata: image.metadata,
              execution: execution)
            #expect(
              again.storage.elements(of: UInt8.self, count: samples.bytes.count) == samples.bytes)
            let gray = image.grayscale(execution).bytes
            if planes.count == 3 {
              let joined = Plane.gray(
                red: planes[0], green: planes[1], blue: planes[2], execution: execution)
              #expect(joined.bytes == gray, "\(type) \(width) \(layout)")
            }
          }
        }
      }
    }
  }
}
