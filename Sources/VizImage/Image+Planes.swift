package import VizKernels

// A picture as single channels and back.
extension Image {
  /// The colour channels: one of a gray picture, red, green and blue of a coloured one.
  public var colorPlanes: [Plane] { colorPlanes(Execution()) }

  /// The alpha channel, where there is one.
  public var alphaPlane: Plane? { alphaPlane(Execution()) }

  /// Gray, as OpenCV's cvtColor defines it for 8 and 16 bit.
  ///
  ///     gray = (9798·R + 19235·G + 3735·B + 16384) >> 15
  public var grayscale: Plane { grayscale(Execution()) }

  package func colorPlanes(_ execution: Execution) -> [Plane] {
    (0..<layout.colorChannels).map { plane($0, execution) }
  }

  package func alphaPlane(_ execution: Execution) -> Plane? {
    layout.hasAlpha ? plane(layout.channels - 1, execution) : nil
  }

  package func grayscale(_ execution: Execution) -> Plane {
    guard layout.hasColor else { return plane(0, execution) }
    let gray = conversion(execution).gray(of: storage, channels: layout.channels)
    return Plane(width: width, height: height, sampleType: sampleType, storage: gray)
  }

  private func plane(_ channel: Int, _ execution: Execution) -> Plane {
    let buffer =
      layout.channels == 1
      ? storage
      : conversion(execution).plane(channel, of: storage, channels: layout.channels)
    return Plane(width: width, height: height, sampleType: sampleType, storage: buffer)
  }

  private func conversion(_ execution: Execution) -> PixelConversion {
    PixelConversion(
      width: width, height: height, sampleCode: sampleType.code, execution: execution)
  }

  /// A picture of one or three colour planes and, where given, alpha; all of one size and type.
  public init(
    planes: [Plane], alpha: Plane? = nil, metadata: ImageMetadata = ImageMetadata(),
    jobs: Int? = nil
  ) {
    self.init(
      planes: planes, alpha: alpha, metadata: metadata,
      execution: Execution(jobs: jobs ?? ThreadPool.processorCount))
  }

  package init(planes: [Plane], alpha: Plane?, metadata: ImageMetadata, execution: Execution) {
    precondition(planes.count == 1 || planes.count == 3, "\(planes.count) colour planes")
    let all = planes + (alpha.map { [$0] } ?? [])
    let first = planes[0]
    for plane in all {
      precondition(
        plane.width == first.width && plane.height == first.height
          && plane.sampleType == first.sampleType,
        "planes of different sizes or types make no picture")
    }
    let conversion = PixelConversion(
      width: first.width, height: first.height, sampleCode: first.sampleType.code,
      execution: execution)
    self.init(
      width: first.width, height: first.height,
      layout: ChannelLayout(hasColor: planes.count == 3, hasAlpha: alpha != nil),
      sampleType: first.sampleType,
      storage: all.count == 1 ? first.storage : conversion.pixels(of: all.map(\.storage)),
      metadata: metadata)
  }
}

extension Plane {
  /// Gray of a red, a green and a blue plane.
  package static func gray(
    red: Plane, green: Plane, blue: Plane, execution: Execution
  ) -> Plane {
    let conversion = PixelConversion(
      width: red.width, height: red.height, sampleCode: red.sampleType.code, execution: execution)
    let gray = conversion.gray(red: red.storage, green: green.storage, blue: blue.storage)
    return Plane(
      width: red.width, height: red.height, sampleType: red.sampleType, storage: gray)
  }

  /// The same values in another sample type, rounded half to even and saturated.
  public func converted(to type: SampleType) -> Plane { converted(to: type, Execution()).plane }

  /// The same values in another type, and what did not fit.
  package func converted(
    to type: SampleType, scale: Double = 1, offset: Double = 0, _ execution: Execution
  ) -> (plane: Plane, clipping: Clipping) {
    if type == sampleType, scale == 1, offset == 0 { return (self, Clipping()) }
    let identity = Kernel(width: 1, height: 1, taps: [1], scale: scale, offset: offset)
    do throws(ImageError) {
      return try filtered(
        with: KernelBank(identity), edge: .extend, output: type, execution: execution)
    } catch {
      preconditionFailure("a 1×1 kernel has no border: \(error)")
    }
  }

  /// The rows `top ..< top + height`, columns `left ..< left + width`.
  package func cropped(left: Int, top: Int, width: Int, height: Int) -> Plane {
    precondition(
      left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
      "\(width)×\(height) at \(left),\(top) of a plane of \(self.width)×\(self.height)")
    if width == self.width && height == self.height { return self }
    let step = sampleType.byteCount
    let buffer = SampleBuffer(byteCount: width * height * step)
    for y in 0..<height {
      unsafe (buffer.bytes + y * width * step).copyMemory(
        from: storage.bytes + ((top + y) * self.width + left) * step, byteCount: width * step)
    }
    return Plane(width: width, height: height, sampleType: sampleType, storage: buffer)
  }
}
