/// The classes and functions that a pickle may name.
///
/// Naming one builds a description (`Pickle.Object`), nothing else; the list keeps out what has no
/// meaning here, so that a file is refused by name and not half understood.
enum AllowedConstructors {
  static func contains(_ name: String) -> Bool {
    all.contains(name) || prefixes.contains { name.hasPrefix($0) } && isClass(name)
  }

  /// Whether the last part of a name is written as classes are, and functions are not.
  private static func isClass(_ name: String) -> Bool {
    let last = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name.utf8.index(after: $0) }
    return last.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= (name.utf8[$0...].first ?? 0) }
      ?? false
  }

  static let dictionaries: Set = [
    "collections.OrderedDict", "collections.defaultdict", "collections.Counter",
    "builtins.dict", "__builtin__.dict",
    "pytorch_lightning.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
    "lightning.fabric.utilities.data.AttributeDict",
  ]

  static let tensors: Set = [
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state", "torch._tensor._rebuild_from_type_v2",
    "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.Tensor",
  ]

  static let arrays: Set = [
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
  ]

  static let storages: [String: ElementType] = [
    "torch.DoubleStorage": .float64, "torch.FloatStorage": .float32, "torch.HalfStorage": .float16,
    "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
    "torch.ShortStorage": .int16, "torch.CharStorage": .int8, "torch.ByteStorage": .uint8,
    "torch.BoolStorage": .bool,
  ]

  static let untypedStorages: Set = ["torch.storage.UntypedStorage", "torch.UntypedStorage"]

  static let types: [String: ElementType] = [
    "torch.float64": .float64, "torch.double": .float64, "torch.float32": .float32,
    "torch.float": .float32, "torch.float16": .float16, "torch.half": .float16,
    "torch.bfloat16": .bfloat16, "torch.int64": .int64, "torch.long": .int64,
    "torch.int32": .int32, "torch.int16": .int16, "torch.int8": .int8, "torch.uint8": .uint8,
    "torch.uint16": .uint16, "torch.uint32": .uint32, "torch.uint64": .uint64,
    "torch.bool": .bool,
  ]

  /// Modules whose classes are layers; a tree of them is a network.
  private static let prefixes = [
    "torch.nn.modules.", "torch.nn.parallel.", "torchvision.models.", "torchvision.ops.",
  ]

  private static let all: Set = dictionaries.union(tensors).union(storages.keys)
    .union(untypedStorages).union(types.keys).union(arrays).union(plain)

  /// What stands beside the weights: settings, counters, states of optimisers and schedulers.
  private static let plain: Set = [
    "torch.Size", "torch.device", "torch.serialization._get_layout", "torch.strided",
    "torch.contiguous_format", "torch.channels_last", "torch._C._nn.gelu",
    "torch.nn.functional.relu",
    "builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "builtins.slice",
    "builtins.int", "builtins.float", "builtins.bool", "builtins.str", "builtins.bytes",
    "builtins.complex", "builtins.range", "builtins.object", "builtins.bytearray",
    "__builtin__.set", "__builtin__.frozenset", "__builtin__.list", "__builtin__.tuple",
    "__builtin__.int", "__builtin__.long", "__builtin__.float", "__builtin__.bool",
    "__builtin__.str", "__builtin__.unicode", "__builtin__.object", "__builtin__.bytearray",
    "__builtin__.complex", "__builtin__.bytes", "__builtin__.slice", "__builtin__.xrange",
    "_codecs.encode", "argparse.Namespace", "types.SimpleNamespace", "collections.deque",
    "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath",
    "pathlib._local.PosixPath", "pathlib._local.WindowsPath",
    "datetime.datetime", "datetime.timedelta", "datetime.date",
    "numpy.dtype", "numpy.ndarray",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.float64", "numpy.float32", "numpy.int64", "numpy.int32", "numpy.bool_",
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    "pytorch_lightning.callbacks.early_stopping.EarlyStopping",
    "lightning.pytorch.callbacks.model_checkpoint.ModelCheckpoint",
    "lightning.pytorch.callbacks.early_stopping.EarlyStopping",
  ]
}
