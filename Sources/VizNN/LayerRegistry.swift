/// Every kind of layer, in the order that lists show them.
public enum LayerRegistry {
  public static let all: [LayerEntry] = [
    Conv2d.entry,
    Conv1d.entry,
    ConvTranspose2d.entry,
    MaxPool2d.entry,
    AvgPool2d.entry,
    AdaptiveAvgPool2d.entry,
    AdaptiveMaxPool2d.entry,
    BatchNorm2d.entry,
    BatchNorm1d.entry,
    InstanceNorm2d.entry, InstanceNorm2d.entry1d,
    GroupNorm.entry,
    LayerNorm.entry,
    LocalResponseNorm.entry,
    ReLU.entry,
    ReLU6.entry,
    LeakyReLU.entry,
    PReLU.entry,
    ELU.entry,
    CELU.entry,
    SELU.entry,
    GELU.entry,
    SiLU.entry,
    Mish.entry,
    Hardswish.entry,
    Hardsigmoid.entry,
    Hardtanh.entry,
    Sigmoid.entry,
    Tanh.entry,
    Softplus.entry,
    Softsign.entry,
    Threshold.entry,
    Softmax.entry,
    LogSoftmax.entry,
    Linear.entry,
    MatMul.entry,
    Flatten.entry,
    Dropout.entry, Dropout.entry2d,
    Identity.entry,
    Add.entry,
    Sub.entry,
    Mul.entry,
    Div.entry,
    Pow.entry,
    Maximum.entry,
    Minimum.entry,
    Mean.entry,
    Function.entry,
    Compare.entry,
    Where.entry,
    Cast.entry,
    Concat.entry,
    Split.entry,
    Slice.entry,
    IndexSelect.entry,
    Pad.entry, Pad.entryZero, Pad.entryConstant, Pad.entryReflection, Pad.entryReplication,
    Pad.entryCircular,
    Reshape.entry,
    Expand.entry,
    Squeeze.entry,
    Unsqueeze.entry,
    Transpose.entry,
    Upsample.entry, Upsample.entryNearest, Upsample.entryBilinear,
    PixelShuffle.entry,
    PixelUnshuffle.entry,
    Reduce.entry,
    ArgMax.entry,
    Constant.entry,
    PrimaryCapsules.entry,
    CapsuleRouting.entry,
    CapsuleLength.entry,
    CapsuleMask.entry,
  ]

  /// The kind of a name, PyTorch's class without `nn.`.
  public static func entry(named name: String) throws(LayerError) -> LayerEntry {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .unknownLayer(name: name)
    }
    return entry
  }

  /// The forms that an ONNX operator is read from, those to be tried first in front.
  public static func forms(of operation: String) -> [ONNXForm] {
    formsByOperation[operation] ?? []
  }

  private static let formsByOperation = Dictionary(
    grouping: all.flatMap(\.onnx), by: \.operation)
}
