import VizNN
import VizReference

extension ReferenceCase {
  /// Scales and sizes whose places Float32 holds exactly wherever they are near a change of the nearest
  /// sample; PyTorch's fixtures have the others.
  static let resizings: [ReferenceCase] = {
    var cases: [ReferenceCase] = []
    let shapes: [Shape] = [[2, 3, 4, 6], [1, 1, 1, 1], [1, 2, 8, 32]]
    for shape in shapes {
      for (vertical, horizontal) in [(2.0, 2.0), (1.0, 4.0), (0.5, 0.25), (2.5, 1.25)] {
        let (height, width) = (Double(shape[2]) * vertical, Double(shape[3]) * horizontal)
        guard height >= 1, width >= 1 else { continue }
        cases += resizing(
          shape, ["scale_factor": .floats([vertical, horizontal])], Int(height), Int(width),
          (vertical, horizontal))
      }
      for (height, width) in [(1, 1), (4, 16), (8, 64)] {
        cases += resizing(
          shape, ["size": .ints([height, width])], height, width,
          (Double(height) / Double(shape[2]), Double(width) / Double(shape[3])))
      }
    }
    return cases + cubics + others
  }()

  private static let cubics: [ReferenceCase] = ReferenceCoordinates.allCases.flatMap {
    coordinates in
    [([2, 3, 4, 6], 8, 9), ([1, 1, 1, 1], 2, 3), ([1, 2, 8, 32], 4, 8)].flatMap {
      (shape: Shape, height: Int, width: Int) in
      [(-0.75, false), (-0.5, true)].map { coefficient, excludesOutside in
        let scales = (Double(height) / Double(shape[2]), Double(width) / Double(shape[3]))
        // As with bilinear, and weights of up to 1.3 that add up to 1.
        return ReferenceCase(
          "Upsample",
          [
            "scale_factor": .floats([scales.0, scales.1]), "mode": "bicubic",
            "coordinates": .string(coordinates.rawValue),
            "cubic_coefficient": .float(coefficient), "exclude_outside": .bool(excludesOutside),
          ], shape, share: 600 * 0x1p-24
        ) { x, _ in
          x.resizedCubically(
            height: height, width: width, scales: scales, coordinates, a: coefficient,
            excludesOutside: excludesOutside)
        }
      }
    }
  }

  private static func resizing(
    _ shape: Shape, _ size: LayerArguments, _ height: Int, _ width: Int,
    _ scales: (vertical: Double, horizontal: Double)
  ) -> [ReferenceCase] {
    ReferenceCoordinates.allCases.flatMap { coordinates in
      let roundings: [ReferenceRounding?] = [nil] + ReferenceRounding.allCases
      return roundings.map { rounding in
        var arguments = size
        arguments["mode"] = rounding == nil ? "bilinear" : "nearest"
        arguments["coordinates"] = .string(coordinates.rawValue)
        arguments["rounding"] = .string((rounding ?? .floor).rawValue)
        // Places are Float32, as PyTorch's: up to 32, with two roundings on each axis, times what
        // neighbours differ by.
        return ReferenceCase(
          "Upsample", arguments, shape, share: rounding == nil ? 264 * 0x1p-24 : 0
        ) { x, _ in
          x.resized(
            height: height, width: width, scales: scales, coordinates, nearest: rounding)
        }
      }
    }
  }

  /// PyTorch's words for the conventions.
  private static let others: [ReferenceCase] = [
    ReferenceCase(
      "Upsample", ["scale_factor": 2, "mode": "bilinear", "align_corners": true], [1, 2, 3, 5]
    ) { x, _ in
      x.resized(height: 6, width: 10, scales: (2, 2), .alignCorners, nearest: nil)
    },
    ReferenceCase(
      "Upsample", ["scale_factor": 2, "mode": "bilinear", "align_corners": false], [1, 2, 3, 5]
    ) { x, _ in x.resized(height: 6, width: 10, scales: (2, 2), .halfPixel, nearest: nil) },
    ReferenceCase("Upsample", ["scale_factor": 2], [1, 2, 3, 5]) { x, _ in
      x.resized(height: 6, width: 10, scales: (2, 2), .asymmetric, nearest: .floor)
    },
    ReferenceCase("UpsamplingNearest2d", ["scale_factor": 2], [1, 2, 3, 5]) { x, _ in
      x.resized(height: 6, width: 10, scales: (2, 2), .asymmetric, nearest: .floor)
    },
    ReferenceCase("UpsamplingBilinear2d", ["size": [7, 9]], [1, 2, 3, 5]) { x, _ in
      x.resized(height: 7, width: 9, scales: (7.0 / 3, 9.0 / 5), .alignCorners, nearest: nil)
    },
  ]
}

extension ReferenceCase {
  /// What `Conv2dTests` and `WindowLayerTests` go into: one of each, so that no layer lacks a case.
  static let windows: [ReferenceCase] = [
    ReferenceCase(
      "Conv2d", ["in_channels": 3, "out_channels": 4, "kernel_size": 3, "padding": 1],
      [2, 3, 5, 7], share: 28 * 0x1p-24, magnitude: 28
    ) { x, own in
      var window = ReferenceWindow(3, 3)
      (window.top, window.left, window.bottom, window.right) = (1, 1, 1, 1)
      return ReferenceArray(
        ReferenceTensor(x).convolved(
          weight: own["weight"]?.values ?? [], bias: own["bias"]?.values ?? [], groups: 1,
          window: window
        ).sums)
    },
    ReferenceCase(
      "ConvTranspose2d", ["in_channels": 3, "out_channels": 2, "kernel_size": 3, "stride": 2],
      [2, 3, 4, 5], share: 28 * 0x1p-24, magnitude: 28
    ) { x, own in
      var window = ReferenceWindow(3, 3)
      (window.strideY, window.strideX) = (2, 2)
      return ReferenceArray(
        ReferenceTensor(x).transposedConvolved(
          weight: own["weight"]?.values ?? [], bias: own["bias"]?.values ?? [], groups: 1,
          window: window, extraRows: 0, extraColumns: 0))
    },
    ReferenceCase(
      "Conv1d", ["in_channels": 4, "out_channels": 6, "kernel_size": 3, "padding": 1, "groups": 2],
      [2, 4, 9], share: 7 * 0x1p-24, magnitude: 7
    ) { x, own in
      var window = ReferenceWindow(1, 3)
      (window.left, window.right) = (1, 1)
      let row = ReferenceTensor(x.reshaped([2, 4, 1, 9]))
      let sums = row.convolved(
        weight: own["weight"]?.values ?? [], bias: own["bias"]?.values ?? [], groups: 2,
        window: window
      ).sums
      return ReferenceArray(sums).reshaped([2, 6, 9])
    },
    ReferenceCase("MaxPool2d", ["kernel_size": 2, "stride": 1], [2, 3, 5, 7], share: 0) { x, _ in
      ReferenceArray(ReferenceTensor(x).pooled(window: ReferenceWindow(2, 2)).maxima)
    },
    ReferenceCase("MaxPool2d", ["kernel_size": 2], [2, 3, 5, 19], share: 0) { x, _ in
      var window = ReferenceWindow(2, 2)
      (window.strideY, window.strideX) = (2, 2)
      return ReferenceArray(ReferenceTensor(x).pooled(window: window).maxima)
    },
    // Every second sample, and a border without any.
    ReferenceCase(
      "MaxPool2d", ["kernel_size": 1, "stride": [2, 3], "padding": [1, 2]], [2, 3, 5, 7], share: 0
    ) { x, _ in
      var window = ReferenceWindow(1, 1)
      (window.strideY, window.strideX) = (2, 3)
      (window.top, window.left, window.bottom, window.right) = (1, 2, 1, 2)
      return ReferenceArray(ReferenceTensor(x).pooled(window: window).maxima)
    },
    ReferenceCase("AvgPool2d", ["kernel_size": 2, "stride": 1], [2, 3, 5, 7]) { x, _ in
      ReferenceArray(ReferenceTensor(x).pooled(window: ReferenceWindow(2, 2)).means)
    },
  ]
}

extension ReferenceArray {
  fileprivate init(_ tensor: ReferenceTensor) {
    self.init(
      shape: [tensor.batch, tensor.channels, tensor.height, tensor.width], values: tensor.values)
  }
}

extension ReferenceTensor {
  fileprivate init(_ array: ReferenceArray) {
    self.init(
      batch: array.shape[0], channels: array.shape[1], height: array.shape[2],
      width: array.shape[3], values: array.values)
  }
}
