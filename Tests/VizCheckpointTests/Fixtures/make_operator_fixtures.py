#!/usr/bin/env python3
"""Writes `operators.safetensors`: models of one operator each, as older and newer operator sets have it.

    python3 make_operator_fixtures.py

Under `name/model` are the bytes of an ONNX model, under `name/input0` … what it reads, or which of `shared0` … it
reads, and under `name/output0` … what onnxruntime makes of it. onnxruntime has no operators before set 7: those models
are held against an equivalent one of set 17, which stands beside them here. Nor has it windows of even size in LRN,
which ONNX's own reference has, for batches as large as there are channels.
Made with Python 3.11, onnx 1.23.2, onnxruntime 1.32.0, safetensors 0.8.0. Seeded.
"""
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import save_file

random = np.random.default_rng(21)
tensors = {}


def array(*shape):
    return random.standard_normal(shape).astype(np.float32)


def model(nodes, inputs, outputs, constants, opset, lengths):
    graph = h.make_graph(
        nodes, "graph",
        [h.make_tensor_value_info(k, T.FLOAT, lengths or v.shape) for k, v in inputs.items()],
        [h.make_tensor_value_info(name, T.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()])
    return h.make_model(
        graph, opset_imports=[h.make_opsetid("", opset)], ir_version=3 if opset < 9 else 8 if opset < 19 else 9
    ).SerializeToString()


def case(name, nodes, inputs, constants={}, opset=17, outputs=("y",), modern=None,
         modern_constants=None, lengths=None):
    """A model; `modern` are nodes of set 17 that say the same, where onnxruntime lacks the old ones.

    `lengths` declares the input's shape where that is not the array's own.
    """
    # A list of nodes, or one as its operator, inputs and attributes.
    def made(nodes):
        if isinstance(nodes, list):
            return nodes
        operation, sources, attributes = nodes
        return [h.make_node(operation, sources, list(outputs), **attributes)]

    if not isinstance(inputs, dict):
        inputs = {"x": inputs}
    data = model(made(nodes), inputs, outputs, constants, opset, lengths)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    oracle = data if modern is None else model(
        made(modern), inputs, outputs, modern_constants or constants, 17, lengths)
    if name.startswith("LRN-13"):
        session = ReferenceEvaluator(oracle)
    else:
        session = onnxruntime.InferenceSession(oracle, options, providers=["CPUExecutionProvider"])
    tensors[f"{name}/model"] = np.frombuffer(data, np.uint8)
    for i, value in enumerate(inputs.values()):
        place = next((k for k, known in enumerate(shared) if known is value), None)
        tensors[f"{name}/input{i}"] = value if place is None else np.array([place], np.int64)
    for i, value in enumerate(session.run(list(outputs), inputs)):
        tensors[f"{name}/output{i}"] = value.astype(np.float32)


int64 = lambda *values: np.array(values, np.int64)
image, square, picture = array(2, 4, 3, 5), array(2, 4, 4, 4), array(1, 2, 3, 5)
shared = [image, square, picture]
for i, value in enumerate(shared):
    tensors[f"shared{i}"] = value

# Before set 7 the second operand lies where `axis` says, at the end without it.
per_channel = array(4)
for operation in ["Add", "Sub", "Mul", "Div"]:
    case(f"{operation}-6-axis", (operation, ["x", "b"], {"broadcast": 1, "axis": 1}), square,
         {"b": per_channel}, 6, modern=(operation, ["x", "b"], {}),
         modern_constants={"b": per_channel.reshape(4, 1, 1)})
case("Pow-6-axis", ("Pow", ["x", "b"], {"broadcast": 1, "axis": 1}), np.abs(square),
     {"b": per_channel}, 6, modern=("Pow", ["x", "b"], {}),
     modern_constants={"b": per_channel.reshape(4, 1, 1)})
case("Add-6-middle", ("Add", ["x", "b"], {"broadcast": 1, "axis": 1}), image,
     {"b": (b := array(4, 3))}, 6, modern=("Add", ["x", "b"], {}),
     modern_constants={"b": b.reshape(4, 3, 1)})
case("Add-6-first", ("Add", ["x", "b"], {"broadcast": 1, "axis": 0}), image,
     {"b": (b := array(2, 4))}, 6, modern=("Add", ["x", "b"], {}),
     modern_constants={"b": b.reshape(2, 4, 1, 1)})
case("Add-6-end", ("Add", ["x", "b"], {"broadcast": 1}), image, {"b": (b := array(3, 5))}, 6,
     modern=("Add", ["x", "b"], {}))
case("Add-6-negative", ("Add", ["x", "b"], {"broadcast": 1, "axis": -1}), image,
     {"b": (b := array(5))}, 6, modern=("Add", ["x", "b"], {}))
case("Add-6-scalar", ("Add", ["x", "b"], {"broadcast": 1}), image, {"b": np.float32(3)}, 6,
     modern=("Add", ["x", "b"], {}))
case("Mul-6-values",
     [h.make_node("GlobalAveragePool", ["x"], ["g"]), h.make_node("Squeeze", ["g"], ["s"], axes=[2, 3]),
      h.make_node("Mul", ["x", "s"], ["y"], broadcast=1, axis=0)], square, {}, 6,
     modern=[h.make_node("GlobalAveragePool", ["x"], ["g"]), h.make_node("Mul", ["x", "g"], ["y"])])
case("Mul-6-constants",
     [h.make_node("Mul", ["w", "s"], ["ws"], broadcast=1, axis=0), h.make_node("Conv", ["x", "ws"], ["y"])],
     image, {"w": (w := array(4, 4, 1, 1)), "s": per_channel}, 6,
     modern=("Conv", ["x", "w"], {}), modern_constants={"w": w * per_channel.reshape(4, 1, 1, 1)})
case("PRelu-6", ("PRelu", ["x", "b"], {}), square, {"b": per_channel}, 6,
     modern=("PRelu", ["x", "b"], {}), modern_constants={"b": per_channel.reshape(4, 1, 1)})
case("PRelu-6-one", ("PRelu", ["x", "b"], {}), square, {"b": np.float32([0.3])}, 6,
     modern=("PRelu", ["x", "b"], {}))
case("PRelu-7-channels", ("PRelu", ["x", "b"], {}), square, {"b": array(4, 1, 1)}, 7)
case("PRelu-7-columns", ("PRelu", ["x", "b"], {}), square, {"b": array(4)}, 7)
case("PRelu-9-vectors", ("PRelu", ["x", "b"], {}), array(3, 4), {"b": array(4)}, 9)
weights = {"w": array(3, 4), "b": array(3)}
for name, attributes in [("Gemm-6", {"transB": 1, "beta": 2.0, "broadcast": 1}),
                         ("Gemm-6-alpha", {"transB": 1, "alpha": 0.5, "broadcast": 1})]:
    case(name, ("Gemm", ["x", "w", "b"], attributes), array(2, 4), weights, 6,
         modern=("Gemm", ["x", "w", "b"], {k: v for k, v in attributes.items() if k != "broadcast"}))
case("Gemm-13-row", ("Gemm", ["x", "w", "b"], {"transB": 1}), array(3, 4), weights | {"b": array(1, 3)}, 13)
case("Gemm-13-column", ("Gemm", ["x", "w", "b"], {"transB": 1}), array(3, 4), weights | {"b": array(3, 1)}, 13)
statistics = {"s": array(4), "b": array(4), "m": array(4), "v": np.abs(array(4)) + 0.5}
case("BatchNormalization-6",
     ("BatchNormalization", ["x", "s", "b", "m", "v"], {"is_test": 1, "spatial": 1, "epsilon": 0.01}),
     image, statistics, 6, modern=("BatchNormalization", ["x", "s", "b", "m", "v"], {"epsilon": 0.01}))
case("BatchNormalization-7",
     ("BatchNormalization", ["x", "s", "b", "m", "v"], {"spatial": 1, "momentum": 0.5}),
     image, statistics, 7)
case("Dropout-6", ("Dropout", ["x"], {"is_test": 1, "ratio": 0.9}), image, {}, 6, modern=("Identity", ["x"], {}))
case("Dropout-12", ("Dropout", ["x", "r"], {}), image, {"r": np.float32(0.9)}, 12)
case("Clip-6", ("Clip", ["x"], {"min": -0.5, "max": 0.25}), image, {}, 6,
     modern=("Clip", ["x", "l", "u"], {}),
     modern_constants={"l": np.float32(-0.5), "u": np.float32(0.25)})
case("Clip-6-below", ("Clip", ["x"], {"min": -0.5}), image, {}, 6, modern=("Clip", ["x", "l"], {}),
     modern_constants={"l": np.float32(-0.5)})
case("Clip-11", ("Clip", ["x", "", "u"], {}), image, {"u": np.float32(0.25)}, 11)
case("Pad-6", ("Pad", ["x"], {"pads": [0, 0, 1, 2, 0, 0, 3, 0], "value": 1.5}), image, {}, 6,
     modern=("Pad", ["x", "p", "c"], {}),
     modern_constants={"p": int64(0, 0, 1, 2, 0, 0, 3, 0), "c": np.float32(1.5)})
case("Pad-10-edge", ("Pad", ["x"], {"pads": [0, 0, 1, 2, 0, 0, 3, 0], "mode": "edge"}), image, {}, 10)
case("Pad-18-axes", ("Pad", ["x", "p", "", "a"], {"mode": "reflect"}), image,
     {"p": int64(1, 2, 1, 0), "a": int64(-2, 3)}, 18)
for axis in [None, 0, 2, 3]:
    for operation in ["Softmax", "LogSoftmax"]:
        attributes = {} if axis is None else {"axis": axis}
        case(f"{operation}-9-{axis}", (operation, ["x"], attributes), picture, {}, 9)
case("Softmax-13", ("Softmax", ["x"], {}), image, {}, 13)
case("Squeeze-6", [h.make_node("Unsqueeze", ["x"], ["u"], axes=[1, 3]), h.make_node("Squeeze", ["u"], ["y"], axes=[3])],
     image, {}, 6, modern=("Unsqueeze", ["x", "a"], {}), modern_constants={"a": int64(1)})
case("Squeeze-13", [h.make_node("Unsqueeze", ["x", "a"], ["u"]), h.make_node("Squeeze", ["u", "b"], ["y"])],
     image, {"a": int64(1, -1), "b": int64(-1)}, 13)
case("Slice-6", ("Slice", ["x"], {"starts": [1, -2], "ends": [100, -1], "axes": [1, 3]}), image, {}, 6,
     modern=("Slice", ["x", "s", "e", "a"], {}),
     modern_constants={"s": int64(1, -2), "e": int64(100, -1), "a": int64(1, 3)})
case("Slice-10-steps", ("Slice", ["x", "s", "e", "a", "t"], {}), image,
     {"s": int64(-1, 0), "e": int64(-(2**63), 2**63 - 1), "a": int64(3, 1), "t": int64(-2, 3)}, 10)
case("Split-6", ("Split", ["x"], {"axis": 1, "split": [1, 3]}), image, {}, 6, ("y", "z"),
     modern=("Split", ["x", "s"], {"axis": 1}), modern_constants={"s": int64(1, 3)})
case("Split-6-equal", ("Split", ["x"], {"axis": 1}), image, {}, 6, ("y", "z"),
     modern=("Split", ["x"], {"axis": 1}))
case("Split-13", ("Split", ["x", "s"], {"axis": -1}), image, {"s": int64(2, 2, 1)}, 13, ("y", "z", "w"))
case("Split-13-first", [h.make_node("Split", ["x"], ["y", "rest"], axis=1)], image, {}, 13)
case("Split-18", ("Split", ["x"], {"axis": 3, "num_outputs": 3}), image, {}, 18, ("y", "z", "w"))
case("Split-18-first", [h.make_node("Split", ["x"], ["y", "b", "c"], axis=3, num_outputs=3)], image, {}, 18)
for name in ["Mean", "Sum", "Max", "L2", "LogSumExp"]:
    case(f"Reduce{name}-6", (f"Reduce{name}", ["x"], {"axes": [1, 3], "keepdims": 0}), image, {}, 6,
         modern=[h.make_node(f"Reduce{name}", ["x", "a"] if name == "Sum" else ["x"], ["y"], keepdims=0,
                             **({} if name == "Sum" else {"axes": [1, 3]}))],
         modern_constants={"a": int64(1, 3)})
case("ReduceSum-13", ("ReduceSum", ["x", "a"], {"noop_with_empty_axes": 1}), image, {"a": int64(-1)}, 13)
case("ReduceMean-18", ("ReduceMean", ["x", "a"], {"keepdims": 0}), image, {"a": int64(2, 3)}, 18)
case("ReduceMax-18-all", ("ReduceMax", ["x"], {}), image, {}, 18)
case("Concat-6", [h.make_node("Concat", ["x", "x"], ["y"], axis=2)], image, {}, 6,
     modern=("Concat", ["x", "x"], {"axis": 2}))
case("Flatten-9", ("Flatten", ["x"], {"axis": 2}), image, {}, 9)
case("Flatten-11-negative", ("Flatten", ["x"], {"axis": -1}), image, {}, 11)
case("Reshape-13", ("Reshape", ["x", "s"], {}), image, {"s": int64(0, -1, 5)}, 13)
case("Reshape-14-allowzero", ("Reshape", ["x", "s"], {"allowzero": 1}), image, {"s": int64(2, -1)}, 14)
case("Transpose-6", ("Transpose", ["x"], {}), image, {}, 6, modern=("Transpose", ["x"], {}))
case("AveragePool-7",
     ("AveragePool", ["x"], {"kernel_shape": [2, 2], "pads": [1, 1, 0, 0], "count_include_pad": 1}), image, {}, 7)
case("AveragePool-10",
     ("AveragePool", ["x"], {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}), image, {}, 10)
case("MaxPool-8", ("MaxPool", ["x"], {"kernel_shape": [2, 3], "auto_pad": "SAME_UPPER"}), image, {}, 8)
case("LRN-6", ("LRN", ["x"], {"size": 3, "alpha": 0.5, "bias": 2.0}), image, {}, 6,
     modern=("LRN", ["x"], {"size": 3, "alpha": 0.5, "bias": 2.0}))
case("ConstantOfShape-9",
     [h.make_node("Shape", ["x"], ["s"]), h.make_node("ConstantOfShape", ["s"], ["c"]),
      h.make_node("Sum", ["x", "c", "x"], ["y"])], image, {}, 9)
case("Where-9", [h.make_node("Where", ["c", "s", "t"], ["v"]), h.make_node("Add", ["x", "v"], ["y"])], image,
     {"c": np.array([True, False, True, True, False]), "s": array(5), "t": array(5)}, 9)

# Sizes of pictures: attributes, then scales, then regions, scales and sizes.
case("Upsample-6", ("Upsample", ["x"], {"height_scale": 2.0, "width_scale": 3.0, "mode": "nearest"}), picture, {}, 6,
     modern=("Resize", ["x", "", "s"], {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}),
     modern_constants={"s": np.float32([1, 1, 2, 3])})
case("Upsample-7", ("Upsample", ["x"], {"scales": [1.0, 1.0, 2.0, 1.0]}), picture, {}, 7)
case("Upsample-7-linear", ("Upsample", ["x"], {"scales": [1.0, 1.0, 2.0, 3.0], "mode": "linear"}), picture, {}, 7)
case("Upsample-9", ("Upsample", ["x", "s"], {}), picture, {"s": np.float32([1, 1, 2, 3])}, 9)
for mode in ["nearest", "linear"]:
    case(f"Resize-10-{mode}", ("Resize", ["x", "s"], {"mode": mode}), picture, {"s": np.float32([1, 1, 2, 1.6])}, 10)
    case(f"Resize-11-{mode}", ("Resize", ["x", "r", "s"], {"mode": mode}), picture,
         {"s": np.float32([1, 1, 1.5, 2]), "r": np.zeros(0, np.float32)}, 11)
    case(f"Resize-11-sizes-{mode}",
         ("Resize", ["x", "r", "s", "z"], {"mode": mode, "coordinate_transformation_mode": "asymmetric"}), picture,
         {"s": np.zeros(0, np.float32), "r": np.zeros(0, np.float32), "z": int64(1, 2, 7, 9)}, 11)
case("Resize-10-down", ("Resize", ["x", "s"], {"mode": "nearest"}), array(1, 2, 7, 10),
     {"s": np.float32([1, 1, 0.5, 0.3])}, 10)
case("Resize-13-corners",
     ("Resize", ["x", "", "s"], {"mode": "linear", "coordinate_transformation_mode": "align_corners"}), picture,
     {"s": np.float32([1, 1, 2, 1.4])}, 13)
for nearest in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
    case(f"Resize-13-{nearest}",
         ("Resize", ["x", "", "s"], {"nearest_mode": nearest}), picture, {"s": np.float32([1, 1, 2, 1.6])}, 13)
case("Resize-18-axes", ("Resize", ["x", "", "s"], {"axes": [3, 2]}), picture, {"s": np.float32([2, 1.5])}, 18)

for coordinates in ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"]:
    for attributes in [{}, {"cubic_coeff_a": -0.5, "exclude_outside": 1}]:
        case(f"Resize-19-cubic-{coordinates}-{len(attributes)}",
             ("Resize", ["x", "", "s"], {"mode": "cubic", "coordinate_transformation_mode": coordinates} | attributes),
             array(1, 1, 4, 5), {"s": np.float32([1, 1, 1.5, 2.3])}, 19)
for mode in ["linear", "nearest"]:
    case(f"Resize-19-symmetric-{mode}",
         ("Resize", ["x", "", "s"], {"mode": mode, "coordinate_transformation_mode": "half_pixel_symmetric"}),
         picture, {"s": np.float32([1, 1, 1.5, 2.3])}, 19)
case("Resize-13-cubic-sizes",
     ("Resize", ["x", "", "", "z"], {"mode": "cubic", "coordinate_transformation_mode": "pytorch_half_pixel"}),
     picture, {"z": int64(1, 2, 5, 3)}, 13)

# What else convolutional networks are made of.
upwards = {"w": array(2, 2, 3, 3), "b": array(2)}
for auto in ["NOTSET", "SAME_UPPER", "SAME_LOWER"]:
    case(f"ConvTranspose-11-shape-{auto}",
         ("ConvTranspose", ["x", "w", "b"], {"strides": [2, 2], "output_shape": [6, 10], "auto_pad": auto}), picture,
         upwards, 11)
case("ConvTranspose-11-shape-extra",
     ("ConvTranspose", ["x", "w"], {"strides": [2, 3], "output_shape": [7, 13], "output_padding": [1, 0]}), picture,
     {"w": upwards["w"]}, 11)
case("LRN-13-even", ("LRN", ["x"], {"size": 4, "alpha": 0.5, "beta": 0.6}), array(4, 4, 1, 3), {}, 13)
case("LRN-13-two", ("LRN", ["x"], {"size": 2, "alpha": 0.5}), array(4, 4, 1, 3), {}, 13)
case("Gemm-13-columns", ("Gemm", ["x", "w", "b"], {"transA": 1, "alpha": 0.5, "beta": 2.0}), array(4, 2),
     {"w": array(4, 3), "b": array(3)}, 13)
case("LayerNormalization-17", ("LayerNormalization", ["x", "w", "b"], {}), picture, {"w": array(5), "b": array(5)}, 17)
case("LayerNormalization-17-axis", ("LayerNormalization", ["x", "w"], {"axis": 1, "epsilon": 0.1}), picture,
     {"w": array(2, 3, 5)}, 17)
case("SpaceToDepth-13", ("SpaceToDepth", ["x"], {"blocksize": 2}), square, {}, 13)
for mode in ["DCR", "CRD"]:
    case(f"DepthToSpace-13-{mode}", ("DepthToSpace", ["x"], {"blocksize": 2, "mode": mode}), square, {}, 13)
case("Pad-19-wrap", ("Pad", ["x", "p"], {"mode": "wrap"}), picture, {"p": int64(0, 0, 1, 4, 0, 0, 3, 0)}, 19)
for operation in ["Greater", "Less", "Equal", "GreaterOrEqual", "LessOrEqual"]:
    case(f"{operation}-16",
         [h.make_node("Round", ["x"], ["r"]), h.make_node(operation, ["r", "t"], ["c"]),
          h.make_node("Where", ["c", "x", "t"], ["y"])], picture, {"t": np.float32([0, 1, -1, 0, 2])}, 16)
case("Logic-13",
     [h.make_node("Greater", ["x", "t"], ["a"]), h.make_node("Less", ["x", "u"], ["b"]),
      h.make_node("And", ["a", "b"], ["c"]), h.make_node("Or", ["a", "b"], ["d"]), h.make_node("Xor", ["c", "d"], ["e"]),
      h.make_node("Not", ["e"], ["f"]), h.make_node("Cast", ["f"], ["y"], to=T.FLOAT)], picture,
     {"t": np.float32(-0.5), "u": np.float32(0.5)}, 13)
case("Cast-13", [h.make_node("Cast", ["x"], ["i"], to=T.INT64), h.make_node("Mod", ["i", "m"], ["r"]),
                 h.make_node("Cast", ["r"], ["y"], to=T.FLOAT)], array(3, 7) * 9, {"m": int64(3)}, 13)
case("Cast-13-bool", [h.make_node("Floor", ["x"], ["i"]), h.make_node("Cast", ["i"], ["b"], to=T.BOOL),
                      h.make_node("Cast", ["b"], ["y"], to=T.FLOAT)], picture, {}, 13)
case("Conv-11-rows", ("Conv", ["x", "w", "b"], {"pads": [1, 2], "strides": [2], "dilations": [2], "group": 2}),
     array(2, 4, 9), {"w": array(6, 2, 3), "b": array(6)}, 11)
case("Conv-11-rows-same", ("Conv", ["x", "w"], {"auto_pad": "SAME_LOWER", "strides": [2]}), array(1, 2, 9),
     {"w": array(3, 2, 4)}, 11)
case("ThresholdedRelu-10", ("ThresholdedRelu", ["x"], {"alpha": 0.5}), picture, {}, 10)
case("Mean-13", ("Mean", ["x", "b", "c"], {}), picture, {"b": array(5), "c": array(3, 1)}, 13)
case("Celu-12", ("Celu", ["x"], {"alpha": 2.0}), picture, {}, 12)
case("HardSwish-14", ("HardSwish", ["x"], {}), picture, {}, 14)
case("Gelu-13-erf",
     [h.make_node("Div", ["x", "r"], ["a"]), h.make_node("Erf", ["a"], ["e"]), h.make_node("Add", ["e", "one"], ["s"]),
      h.make_node("Mul", ["x", "s"], ["p"]), h.make_node("Mul", ["p", "half"], ["y"])], picture,
     {"r": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)}, 13)
for name, attributes in [("ArgMax", {"axis": 1}), ("ArgMax", {"axis": -1, "keepdims": 0}),
                         ("ArgMin", {"axis": 2, "select_last_index": 1})]:
    case(f"{name}-13-{attributes['axis']}",
         [h.make_node("Round", ["x"], ["r"]), h.make_node(name, ["r"], ["i"], **attributes),
          h.make_node("Cast", ["i"], ["y"], to=T.FLOAT)], picture, {}, 13)
case("MaxPool-12-indices",
     [h.make_node("MaxPool", ["x"], ["y", "i"], kernel_shape=[2, 2], pads=[1, 0, 0, 1]),
      h.make_node("Cast", ["i"], ["z"], to=T.FLOAT)], picture, {}, 12, ("y", "z"))
case("Gather-13-data", ("Gather", ["x", "i"], {"axis": 1}), picture, {"i": int64(1, 0, -1)}, 13)
case("Gather-13-one", ("Gather", ["x", "i"], {"axis": 3}), picture, {"i": np.array(-2, np.int64)}, 13)
case("Gather-13-table", ("Gather", ["x", "i"], {"axis": -1}), picture, {"i": np.array([[0, 2, -1], [1, 1, 0]], np.int64)}, 13)
case("Gather-13-table-inside", ("Gather", ["x", "i"], {"axis": 1}), picture, {"i": np.array([[[0], [-1]]], np.int64)}, 13)

save_file(tensors, pathlib.Path(__file__).with_name("operators.safetensors"))
print(sum(k.endswith("/model") for k in tensors), "models")
