#!/usr/bin/env python3
"""Writes `zoo.json`: what torchvision's networks make of two pictures, with 7 classes.

    python3 make_zoo.py

Pictures and weights are not stored: both sides draw them from SplitMix64, one number after the other, the pictures
first, then the tensors in the order of their names; `drawn` says what becomes of a number.
Made with Python 3.11, torch 2.15.0, torchvision 0.29.2, numpy 2.4.
"""
import json
import math
import pathlib

import numpy
import torch
import torchvision

SIZE = 64
NAMES = ["resnet18", "resnet50", "mobilenet_v2", "squeezenet1_0", "squeezenet1_1", "densenet121"]


class Numbers:
    """SplitMix64; numbers of -1 to 1 with 24 bits, which both languages hold exactly."""

    def __init__(self, seed):
        self.state = numpy.uint64(seed)

    def tensor(self, shape):
        count = math.prod(shape)
        steps = numpy.arange(1, count + 1, dtype=numpy.uint64)
        z = self.state + steps * numpy.uint64(0x9E3779B97F4A7C15)
        self.state = z[-1]
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
        return ((z >> numpy.uint64(40)).astype(numpy.float64) / 2**23 - 1).reshape(shape)


def drawn(name, numbers):
    """Weights that neither let activations vanish nor explode, and statistics that are not 0 and 1."""
    if name.endswith("running_var"):
        return 1.25 + 0.75 * numbers
    if name.endswith(".weight") and numbers.ndim == 1:
        return 1 + 0.5 * numbers
    if numbers.ndim == 1:
        return 0.125 * numbers
    return numbers * math.sqrt(6 / math.prod(numbers.shape[1:]))


results = {}
for name in NAMES:
    model = getattr(torchvision.models, name)(weights=None, num_classes=7).eval()
    numbers = Numbers(20)
    pictures = torch.from_numpy(numbers.tensor((2, 3, SIZE, SIZE)).astype(numpy.float32))
    shapes = {k: tuple(v.shape) for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}
    model.load_state_dict(
        {k: torch.from_numpy(drawn(k, numbers.tensor(shapes[k])).astype(numpy.float32)) for k in sorted(shapes)},
        strict=False)
    with torch.no_grad():
        results[name] = [float(f"{x:.9g}") for x in model(pictures).flatten().tolist()]
    print(name, results[name][:3])
pathlib.Path(__file__).with_name("zoo.json").write_text(json.dumps(results) + "\n")
