"""What PyTorch makes of NaN, infinities and numbers out of reach, for Tests/VizNNTests/ExtremesTests.swift.

Writes extremes.safetensors beside itself: `numbers`, and what each layer or function gives for them, by
name; functions of two numbers for every number with every other, reductions for the rows of `rows`.

    python make_extremes.py      (torch 2.x, safetensors)
"""

import pathlib

import torch
from safetensors.torch import save_file

torch.set_num_threads(1)
inf, nan = float("inf"), float("nan")
numbers = torch.tensor([
    nan, inf, -inf, 0.0, -0.0, 2.0**-140, -(2.0**-140), 1e-20, 20.0, -20.0, 88.8, -88.8, 104.0, -104.0, 1e10, -1e10,
])
rows = torch.tensor([
    [nan, 1.0, 2.0], [1.0, nan, inf], [inf, 1.0, -1.0], [-inf, 1.0, 2.0], [inf, -inf, 0.0], [-inf, -inf, -inf],
    [3e38, 3e38, -3e38], [100.0, 90.0, -100.0], [0.0, -0.0, 1e-30],
])
outputs = {"numbers": numbers, "rows": rows}
for name in [
    "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid", "Hardtanh",
    "Sigmoid", "Tanh", "Softplus", "Softsign",
]:
    outputs[name] = getattr(torch.nn, name)()(numbers)
for name, function in {
    "Abs": torch.abs, "Neg": torch.neg, "Exp": torch.exp, "Log": torch.log, "Sqrt": torch.sqrt,
    "Reciprocal": torch.reciprocal, "Erf": torch.erf, "Floor": torch.floor, "Ceil": torch.ceil, "Round": torch.round,
    "Sign": torch.sign,
}.items():
    outputs[name] = function(numbers)
for name, function in {
    "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div, "Pow": torch.pow, "Maximum": torch.maximum,
    "Minimum": torch.minimum,
}.items():
    outputs[name] = function(numbers[:, None], numbers[None, :])
for name, function in {
    "Mean": torch.mean, "Sum": torch.sum, "Max": torch.amax, "Min": torch.amin, "Prod": torch.prod,
    "LogSumExp": torch.logsumexp,
}.items():
    outputs[name] = function(rows, 1)
outputs["Softmax"] = torch.softmax(rows, 1)
outputs["LogSoftmax"] = torch.log_softmax(rows, 1)
save_file(
    {name: tensor.contiguous().clone() for name, tensor in outputs.items()},
    pathlib.Path(__file__).with_name("extremes.safetensors"), metadata={"torch": torch.__version__},
)
