#!/usr/bin/env python3
"""Writes small models as PyTorch's exporters write them, and `exporters.safetensors` with what onnxruntime makes
of them.

    python3 make_exporter_fixtures.py

`dynamo-18.onnx` has fixed lengths, `dynamo-20.onnx` an open batch, `dynamo-22.onnx` open heights and widths too;
`group-norm-*.onnx` is GroupNorm from either exporter. Where the exporter leaves traces of its machine, they are
taken out. Made with Python 3.11, torch 2.15.0, onnxscript 0.7.2, onnx 1.23.2, onnxruntime 1.32.0, safetensors
0.8.0. Seeded.
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.export import Dim

FOLDER = pathlib.Path(__file__).parent
torch.manual_seed(22)
torch.set_num_threads(1)
expected = {}


def finish(name, image):
    """Takes out paths and stack traces, and runs the model."""
    path = FOLDER / f"{name}.onnx"
    model = onnx.load(path)
    for proto in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input,
                  *model.graph.output, *model.graph.initializer]:
        del proto.metadata_props[:]
        proto.doc_string = ""
    del model.graph.value_info[:]
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    expected[f"{name}/input0"] = image.numpy()
    expected[f"{name}/output0"] = session.run(None, {session.get_inputs()[0].name: image.numpy()})[0]


def export(name, module, image, opset, dynamo=True, shapes=None):
    arguments = {"dynamic_shapes": shapes, "verbose": False, "external_data": False} if dynamo else {}
    torch.onnx.export(module.eval(), (image,), FOLDER / f"{name}.onnx", opset_version=opset, dynamo=dynamo,
                      **arguments)
    finish(name, image)


def features():
    layers = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
    layers[1].running_mean.uniform_(-1, 1)
    layers[1].running_var.uniform_(0.5, 2)
    return layers


class View(nn.Module):
    """x.view with the batch's own size."""

    def forward(self, x):
        return x.view(x.size(0), -1)


image = torch.randn(3, 1, 4, 4)
classifier = [nn.Linear(16, 6), nn.ReLU(), nn.Linear(6, 3)]
export("dynamo-18", nn.Sequential(features(), nn.Flatten(), *classifier), image[:1], 18)
export("dynamo-20", nn.Sequential(features(), View(), *classifier), image, 20, shapes=({0: Dim("batch")},))
export("dynamo-22", nn.Sequential(features(), nn.AdaptiveAvgPool2d(1), View(), nn.Unflatten(1, (2, 2))),
       torch.randn(2, 1, 6, 8), 22,
       shapes=({0: Dim("batch"), 2: Dim("height", min=4), 3: Dim("width", min=4)},))

groups = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU())
for parameter in groups[1].parameters():
    nn.init.normal_(parameter)
export("group-norm-script", groups, torch.randn(2, 1, 4, 5), 17, dynamo=False)
export("group-norm-dynamo", groups, torch.randn(2, 1, 4, 5), 18)
export("group-norm-21", groups, torch.randn(2, 1, 4, 5), 21)

save_file(expected, FOLDER / "exporters.safetensors")
