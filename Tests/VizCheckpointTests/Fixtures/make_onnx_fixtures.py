#!/usr/bin/env python3
"""Writes small ONNX models beside it, and `onnx.safetensors` with what onnxruntime makes of them.

    python3 make_onnx_fixtures.py

Made with Python 3.11, torch 2.15.0, onnx 1.23.2, onnxruntime 1.32.0, safetensors 0.8.0. Seeded.
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).parent
random = np.random.default_rng(20)
expected = {}


def array(*shape):
    return random.standard_normal(shape).astype(np.float32)


def run(name, model, inputs):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    for i, value in enumerate(inputs.values()):
        expected[f"{name}/input{i}"] = value
    for i, value in enumerate(session.run(None, inputs)):
        expected[f"{name}/output{i}"] = value.astype(np.float32)


def save(name, nodes, inputs, outputs, initializers, opset=17, ir=8, shapes=None):
    """Saves a model, and what it makes of random inputs of the given shapes."""
    graph = h.make_graph(
        nodes, name,
        [h.make_tensor_value_info(k, T.FLOAT, v) for k, v in inputs.items()],
        [h.make_tensor_value_info(k, T.FLOAT, v) for k, v in outputs.items()],
        initializers)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", opset)], ir_version=ir)
    onnx.save(model, FOLDER / f"{name}.onnx")
    shapes = shapes or {k: [d if isinstance(d, int) else 3 for d in v] for k, v in inputs.items()}
    run(name, model, {k: array(*v) for k, v in shapes.items()})
    return model


def tensor(name, values, dtype=None):
    return numpy_helper.from_array(np.asarray(values, dtype=dtype or np.float32), name)


# Every encoding of an initialiser, added up.
encodings = [
    numpy_helper.from_array(array(2, 3), "raw"),
    h.make_tensor("floats", T.FLOAT, [2, 3], array(6).tolist()),
    h.make_tensor("doubles", T.DOUBLE, [2, 3], array(6).tolist()),
    h.make_tensor("half", T.FLOAT16, [2, 3], array(6).astype(np.float16)),
    numpy_helper.from_array(array(2, 3).astype(np.float16), "half_raw"),
    h.make_tensor("bfloat", T.BFLOAT16, [2, 3], array(6).tolist()),
    h.make_tensor("int32", T.INT32, [2, 3], [1, -2, 3, 4, 5, 6]),
    h.make_tensor("int64", T.INT64, [2, 3], [1, -2, 3, 4, 5, 6]),
    h.make_tensor("uint8", T.UINT8, [2, 3], [1, 2, 3, 4, 5, 255]),
    h.make_tensor("int8", T.INT8, [2, 3], [1, -2, 3, 4, 5, -128]),
    h.make_tensor("uint64", T.UINT64, [2, 3], [1, 2, 3, 4, 5, 6]),
    h.make_tensor("bool", T.BOOL, [2, 3], [1, 0, 1, 0, 1, 1]),
]
nodes, last = [], "x"
for i, e in enumerate(encodings):
    nodes.append(h.make_node("Cast", [e.name], [f"c{i}"], to=T.FLOAT))
    nodes.append(h.make_node("Add", [last, f"c{i}"], [f"s{i}"]))
    last = f"s{i}"
save("encodings", nodes, {"x": [2, 3]}, {last: [2, 3]}, encodings)

# What x.view(x.size(0), -1) becomes, with a batch of any size, and Constant nodes.
flat = [
    h.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2],
                kernel_shape=[3, 3]),
    h.make_node("Relu", ["c"], ["r"]),
    h.make_node("Shape", ["r"], ["shape"]),
    h.make_node("Constant", [], ["zero"], value=h.make_tensor("", T.INT64, [], [0])),
    h.make_node("Gather", ["shape", "zero"], ["n"]),
    h.make_node("Constant", [], ["axes"], value_ints=[0]),
    h.make_node("Unsqueeze", ["n", "axes"], ["n1"]),
    h.make_node("Constant", [], ["rest"], value=h.make_tensor("", T.INT64, [1], [-1])),
    h.make_node("Concat", ["n1", "rest"], ["target"], axis=0),
    h.make_node("Reshape", ["r", "target"], ["f"]),
    h.make_node("Gemm", ["f", "fc", "fb"], ["y"], transB=1),
]
weights = [tensor("w", array(4, 2, 3, 3)), tensor("b", array(4)), tensor("fc", array(3, 16)),
           tensor("fb", array(3))]
save("view", flat, {"x": ["n", 2, 4, 4]}, {"y": ["n", 3]}, weights, shapes={"x": [3, 2, 4, 4]})

# The same as files of 2017 have it: attributes for what are inputs now, weights among the inputs.
old = [
    h.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2],
                kernel_shape=[3, 3]),
    h.make_node("Relu", ["c"], ["r"]),
    h.make_node("Unsqueeze", ["r"], ["u"], axes=[0]),
    h.make_node("Squeeze", ["u"], ["s"], axes=[0]),
    h.make_node("Slice", ["s"], ["part"], starts=[0, 1], ends=[2, 2**31 - 1], axes=[2, 3]),
    h.make_node("Flatten", ["part"], ["f"]),
    h.make_node("Dropout", ["f"], ["d"], ratio=0.5),
    h.make_node("Gemm", ["d", "fc8", "fb"], ["y"], transB=1),
]
save("old", old,
     {"x": [1, 2, 4, 4], "w": [4, 2, 3, 3], "b": [4], "fc8": [3, 8], "fb": [3]}, {"y": [1, 3]},
     [weights[0], weights[1], tensor("fc8", array(3, 8)), weights[3]], opset=7, ir=3,
     shapes={"x": [1, 2, 4, 4]})

# A batch of one that is written into a Reshape, and a weight that is reshaped before use.
fixed = [
    h.make_node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"),
    h.make_node("Reshape", ["p", "target"], ["f"]),
    h.make_node("Reshape", ["m", "matrix"], ["m2"]),
    h.make_node("MatMul", ["f", "m2"], ["y0"]),
    h.make_node("Add", ["y0", "bias"], ["y"]),
]
save("fixed-batch", fixed, {"x": [1, 2, 5, 5]}, {"y": [1, 3]},
     [tensor("target", [1, 18], np.int64), tensor("m", array(2, 3, 3, 3)),
      tensor("matrix", [18, 3], np.int64), tensor("bias", array(1, 3))],
     shapes={"x": [1, 2, 5, 5]})

# Pads that differ from side to side, auto_pad, groups, dilation, and a transposed convolution.
pads = [
    h.make_node("Conv", ["x", "w1"], ["c1"], pads=[0, 1, 2, 0], kernel_shape=[3, 3]),
    h.make_node("Conv", ["c1", "w2"], ["c2"], auto_pad="SAME_LOWER", strides=[2, 2], group=2,
                kernel_shape=[2, 2]),
    h.make_node("Conv", ["c2", "w3"], ["c3"], auto_pad="VALID", dilations=[2, 1],
                kernel_shape=[2, 2]),
    h.make_node("ConvTranspose", ["c3", "w4"], ["y"], strides=[2, 2], pads=[1, 0, 1, 0],
                output_padding=[1, 0], kernel_shape=[3, 3]),
]
save("pads", pads, {"x": ["n", 2, 9, 8]}, {"y": ["n", 1, "h", "w"]},
     [tensor("w1", array(4, 2, 3, 3)), tensor("w2", array(4, 2, 2, 2)),
      tensor("w3", array(2, 4, 2, 2)), tensor("w4", array(2, 1, 3, 3))],
     shapes={"x": [2, 2, 9, 8]})

# Pictures of any size: upsampled to the size of an earlier map, found by arithmetic on shapes.
resize = [
    h.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2], kernel_shape=[3, 3]),
    h.make_node("Shape", ["x"], ["xs"]),
    h.make_node("Slice", ["xs", "two", "four"], ["hw"]),
    h.make_node("Shape", ["c"], ["cs"]),
    h.make_node("Slice", ["cs", "nought", "two"], ["nc"]),
    h.make_node("Concat", ["nc", "hw"], ["sizes"], axis=0),
    h.make_node("Resize", ["c", "", "", "sizes"], ["y"], mode="nearest",
                coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
]
save("resize", resize, {"x": ["n", 2, "h", "w"]}, {"y": ["n", 3, "h2", "w2"]},
     [tensor("w", array(3, 2, 3, 3)), tensor("nought", [0], np.int64),
      tensor("two", [2], np.int64), tensor("four", [4], np.int64)],
     shapes={"x": [2, 2, 6, 8]})

# Operators that nobody knows, two kinds, one of them twice.
unknown = [
    h.make_node("Einsum", ["x"], ["a"], name="first", equation="ij->ji"),
    h.make_node("Einsum", ["a"], ["b"], name="second", equation="ij->ji"),
    h.make_node("FusedConv", ["b"], ["y"], name="third", domain="com.microsoft"),
]
graph = h.make_graph(
    unknown, "unknown", [h.make_tensor_value_info("x", T.FLOAT, [2, 2])],
    [h.make_tensor_value_info("y", T.FLOAT, [2, 2])])
onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)]), FOLDER / "unknown.onnx")

# No operator set at all.
model = onnx.load(FOLDER / "old.onnx")
del model.opset_import[:]
(FOLDER / "no-opset.onnx").write_bytes(model.SerializeToString())
for key in ["input0", "output0"]:
    expected[f"no-opset/{key}"] = expected[f"old/{key}"]

# Weights in a file of their own.
model = onnx.load(FOLDER / "view.onnx")
(FOLDER / "external.weights").unlink(missing_ok=True)
onnx.save_model(model, FOLDER / "external.onnx", save_as_external_data=True, size_threshold=0,
                location="external.weights", all_tensors_to_one_file=True)
for key in ["input0", "output0"]:
    expected[f"external/{key}"] = expected[f"view/{key}"]

save_file(expected, FOLDER / "onnx.safetensors")
