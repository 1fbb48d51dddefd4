"""Gradients of PyTorch's layers, for Tests/VizNNTests/PyTorchGradientTests.swift.

Writes gradients.safetensors beside itself: of some cases of make_layers.py, whose numbers are drawn there, the
gradients of Σ outputs · weights by inputs and parameters: `CASE.input.0`, `CASE.weight`. The weights are the
numbers that come after the parameters, -1 to 1.

    python make_gradients.py      (torch 2.x, safetensors)
"""

import pathlib

import torch
from safetensors.torch import save_file

import make_layers

# So many cases of a kind, evenly spread; all of a kind that is many functions.
SOME = 4
MANY = {"Function", "Reduce", "MatMul", "Pow", "Slice", "Split", "Concat"}


def chosen():
    kinds = {}
    for index, (kind, *_) in enumerate(make_layers.cases):
        kinds.setdefault(kind, []).append(index)
    for kind, indices in kinds.items():
        step = 1 if kind in MANY else max(1, len(indices) // SOME)
        yield from indices[::step]


gradients = {}
for index in sorted(chosen()):
    inputs, function, parameters, numbers = make_layers.prepare(index)
    for tensor in inputs:
        tensor.requires_grad_()
    loss = 0
    for output in make_layers.results_of(function, inputs):
        weights = numbers.tensor(tuple(output.shape))
        if output.is_floating_point():
            loss = loss + (output * weights).sum()
    # Steps have none.
    if not torch.is_tensor(loss) or not loss.requires_grad:
        continue
    loss.backward()
    for i, tensor in enumerate(inputs):
        if tensor.grad is None:
            continue
        gradients[f"{index}.input.{i}"] = tensor.grad.contiguous().clone()
    for name, parameter in parameters.items():
        gradients[f"{index}.{name}"] = parameter.grad.contiguous().clone()

save_file(
    gradients, pathlib.Path(__file__).with_name("gradients.safetensors"), metadata={"torch": torch.__version__})
print(len(gradients), "gradients,", sum(t.numel() for t in gradients.values()), "numbers, torch", torch.__version__)
