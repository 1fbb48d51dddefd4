#!/usr/bin/env python3
"""Holds checkpoints against PyTorch and onnxruntime, with networks too large for fixtures.

    python3 scripts/check-torch.py [--data FOLDER]

Random weights of torchvision's networks are saved as people save them, the suite "Exchange with Python"
reads each file, compares its own output with torch's, and writes the network as ONNX and as a checkpoint. Single
layers go the same way, those whose ONNX is more than one operator of the same name.
Those are then read here: onnxruntime has to give torch's numbers, and safetensors the weights, bit by bit.
Every layer of the suite's fixtures (Tests/VizNNTests/Fixtures/make_layers.py) is written as a checkpoint, which
`vizcnn convert` makes an ONNX model of; onnxruntime has to give the fixture's outputs, all of them.
With --data (the folder that VIZCNN_DATA names), the published ONNX models go the same way.

Needs torch, torchvision, onnxruntime and safetensors; tried with 2.15.0, 0.29.2, 1.32.0 and 0.8.0. Not a part of
`make test`, which needs no Python.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
import torchvision
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 1e-4  # of the largest number: sums in another order through up to 50 layers
PLACES = 5e-5  # places between samples, divided where torch multiplies, at the end of a row of 100


def randomized(model):
    """Weights whose activations neither vanish nor explode, and statistics that are not 0 and 1."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.uniform_(-0.1, 0.1)
    return model.eval()


def save_torchvision(folder):
    torch.manual_seed(20)
    for name in ["alexnet", "vgg16_bn", "resnet18", "resnet50", "mobilenet_v2", "squeezenet1_0", "squeezenet1_1", "densenet121"]:
        model = randomized(getattr(torchvision.models, name)(weights=None))
        image = torch.randn(2, 3, 224, 224)
        with torch.no_grad():
            output = model(image)
        torch.save(model.state_dict(), folder / f"{name}.pt")
        save_file({"input": image.numpy(), "output": output.numpy()},
                  folder / f"{name}.expected.safetensors")


def save_layers(folder):
    """One layer each, of those that ONNX says otherwise or in several operators, pickled whole."""
    nn = torch.nn
    torch.manual_seed(21)
    image = torch.randn(2, 4, 9, 10) * 3
    layers = [
        nn.Conv2d(4, 3, 3, padding="same", dilation=2), nn.Conv2d(4, 4, (2, 3), padding="same", groups=2),
        nn.Softplus(2, threshold=1), nn.Softplus(0.5, threshold=-1), nn.LocalResponseNorm(2, 0.5, 0.75, 2),
        nn.LocalResponseNorm(4, 0.5), nn.LocalResponseNorm(3, 0.5), nn.GroupNorm(2, 4), nn.GroupNorm(4, 4, affine=False),
        nn.InstanceNorm2d(4, affine=True), nn.BatchNorm2d(4, affine=False), nn.PReLU(4), nn.PReLU(),
        nn.AvgPool2d(3, 2, 1, divisor_override=5), nn.AvgPool2d(2, 2, ceil_mode=True, divisor_override=3),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, 3, 1, True, False), nn.MaxPool2d(3, 2, 1, 2, ceil_mode=True),
        nn.AdaptiveAvgPool2d((4, 7)), nn.AdaptiveMaxPool2d((2, 3)), nn.AdaptiveAvgPool2d(3), nn.AdaptiveAvgPool2d((None, 3)),
        nn.Sequential(nn.Conv2d(4, 4, 1), nn.Linear(10, 3)),
        nn.Sequential(nn.Conv2d(4, 4, 1), nn.Linear(10, 3, bias=False)), nn.Softmax(1), nn.LogSoftmax(2), nn.Upsample((5, 17)),
        nn.Upsample((12, 7), mode="bilinear"), nn.Upsample((12, 7), mode="bilinear", align_corners=True),
        nn.PixelShuffle(2), nn.Sequential(nn.ZeroPad2d((0, 0, 0, 1)), nn.PixelUnshuffle(2)), nn.CircularPad2d((1, 2, 3, 4)), nn.LayerNorm((9, 10)), nn.LayerNorm(10, bias=False),
        nn.Threshold(0.5, -1), nn.Threshold(0.5, 0), nn.AdaptiveAvgPool2d((300, 4)), nn.AdaptiveMaxPool2d((300, 4)),
        nn.Upsample(scale_factor=1.3, mode="bicubic"), nn.Upsample((12, 7), mode="bicubic", align_corners=True),
        nn.ReflectionPad2d((1, 2, 3, 4)), nn.ZeroPad2d((-1, 2, 1, -1)), nn.Hardtanh(-2, 0.5),
    ]
    for scale in [1.15, 2.3, 2.7, 0.3, 0.6, 0.7, 0.9, 1.1, 1.2, 1.3, 1.4, 1.6, 1.7, 1.9, 2, 2.2, 2.6, 3.3, (2.0, 1.2)]:
        layers += [nn.Upsample(scale_factor=scale),
                   nn.Upsample(scale_factor=scale, mode="bilinear"),
                   nn.Upsample(scale_factor=scale, mode="bilinear", align_corners=True),
                   nn.Upsample(scale_factor=scale, mode="bilinear", recompute_scale_factor=True)]
    for kernel, stride, padding, extra, dilation in [
            (2, 2, 0, 0, 1), (3, 2, 1, 1, 1), (3, 3, 0, 2, 1), (2, 3, 0, 0, 1), (3, 2, 1, 0, 2), (3, 2, 2, 1, 3),
            ((2, 3), (1, 2), (0, 1), (0, 1), 1), (5, 4, 2, 3, 1), (1, 2, 0, 0, 1), (3, 4, 1, 2, 2), (3, 1, 3, 0, 2),
            (3, 1, 0, 1, 2), (2, 2, 1, 1, 1), (1, 3, 0, 2, 1)]:
        layers.append(nn.ConvTranspose2d(4, 3, kernel, stride, padding, extra, dilation=dilation))
    layers.append(nn.ConvTranspose2d(4, 4, 3, 2, groups=4, bias=False))
    for i, layer in enumerate(layers):
        module = nn.Sequential(layer).eval()
        for parameter in module.parameters():
            nn.init.normal_(parameter)
        name = f"layer-{i:03}-{type(layer).__name__}"
        torch.save(module, folder / f"{name}.pt")
        with torch.no_grad():
            output = module(image)
        save_file({"input": image.numpy(), "output": output.contiguous().numpy()},
                  folder / f"{name}.expected.safetensors")


# Layers that ONNX has no operators for.
NOT_IN_ONNX = {"PrimaryCapsules", "CapsuleRouting", "CapsuleMask"}


def text(value):
    """As Python writes it, tuples as lists."""
    return repr(list(value) if isinstance(value, tuple) else value)


def check_fixtures(folder):
    """Every case of the suite through a checkpoint of one layer and its ONNX model."""
    fixtures = ROOT / "Tests/VizNNTests/Fixtures"
    sys.path.insert(0, str(fixtures))
    import make_layers
    stored = load_file(fixtures / "layers.safetensors")
    described, outputs = json.loads(stored["cases"].tobytes()), stored["outputs"]
    if [kind for kind, *_ in described] != [kind for kind, *_ in make_layers.cases]:
        raise SystemExit("error: layers.safetensors holds other cases than make_layers.py: run that again")
    bin_path = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    vizcnn = pathlib.Path(bin_path.stdout.strip()) / "vizcnn"
    failures, offset = 0, 0
    for i, (kind, arguments, shapes, results, *_) in enumerate(described):
        inputs, function, _, _ = make_layers.prepare(i)
        inputs = [x.numpy() for x in inputs]
        state = function.state_dict() if isinstance(function, torch.nn.Module) else {}
        weights = {f"layer.{k}": v.numpy() for k, v in state.items() if k != "num_batches_tracked"}
        call = f"{kind}(" + ", ".join(f"{k}={text(v)}" for k, v in arguments.items()) + ")"
        names = [f"x{j}" for j in range(len(inputs))]
        network = {
            "inputs": [{"name": n, "shape": list(s)} for n, s in zip(names, shapes)],
            "nodes": [{"name": "layer", "layer": call, "inputs": names}],
            "outputs": [{"name": f"y{j}", "value": f"layer:{j}" if j else "layer"} for j in range(len(results))]}
        save_file(weights, folder / "layer.ckpt",
                  metadata={"vizcnn": json.dumps({"version": 1, "network": network})})
        written = subprocess.run([vizcnn, "convert", "layer.ckpt", "layer.onnx"], cwd=folder, capture_output=True, text=True)
        problem = written.stderr.strip()
        if not written.returncode:
            session = onnxruntime.InferenceSession(folder / "layer.onnx", providers=["CPUExecutionProvider"])
            found = session.run([f"y{j}" for j in range(len(results))], dict(zip(names, inputs)))
            expected = []
            for shape in results:
                count = int(np.prod(shape))
                expected.append(outputs[offset:offset + count].reshape(shape))
                offset += count
            problem = "; ".join(
                f"{a.shape} differs by {np.abs(a - b).max()}" for a, b in zip(found, expected)
                if a.shape != b.shape or not np.allclose(a, b, rtol=0, atol=PLACES * np.nanmax(np.abs(b), initial=1), equal_nan=True))
        else:
            offset += sum(int(np.prod(shape)) for shape in results)
        if kind in NOT_IN_ONNX:
            problem = "" if "ONNX cannot hold it" in problem else f"is not refused for what it is: {problem or 'written'}"
        if problem:
            failures += 1
            print(f"{call} of {shapes}: {problem}")
    print(f"{len(described)} layers of the fixtures, {failures} of them not with torch's numbers in onnxruntime")
    return failures


def save_published(folder, data):
    for model, expected in [("onnx-zoo/mnist_8/model.onnx", "onnx_mnist8"),
                            ("lenet-ccoltong/lenet.onnx", "onnx_lenet_ccoltong")]:
        shutil.copy(data / "models" / model, folder / f"{expected}.onnx")
        shutil.copy(data / "expected" / f"{expected}.safetensors",
                    folder / f"{expected}.expected.safetensors")


def check(folder):
    failures = 0
    for path in sorted(folder.glob("*.expected.safetensors")):
        name = path.name.removesuffix(".expected.safetensors")
        numbers = load_file(path)
        if not (folder / f"{name}.out.onnx").exists():
            print(f"{name}: not written")
            failures += 1
            continue
        session = onnxruntime.InferenceSession(
            folder / f"{name}.out.onnx", providers=["CPUExecutionProvider"])
        output = session.run(None, {session.get_inputs()[0].name: numbers["input"]})[0]
        difference = np.abs(output - numbers["output"]).max() / np.abs(numbers["output"]).max()
        line = f"{name}: onnxruntime differs by {difference:.1e}"
        failures += not difference <= TOLERANCE
        if (folder / f"{name}.pt").exists():
            state = torch.load(folder / f"{name}.pt", weights_only=False)
            state = state if isinstance(state, dict) else state.state_dict()
            state = {k: v.numpy() for k, v in state.items() if not k.endswith("num_batches_tracked")}
            written = load_file(folder / f"{name}.out.ckpt")
            same = state.keys() == written.keys() and all(
                np.array_equal(state[k], written[k]) for k in state)
            line += ", weights are the same" if same else ", weights differ"
            failures += not same
        with safe_open(folder / f"{name}.out.ckpt", "np") as file:
            assert json.loads(file.metadata()["vizcnn"])["version"] == 1
        print(line)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        save_torchvision(folder)
        save_layers(folder)
        if options.data:
            save_published(folder, options.data)
        subprocess.run(
            ["swift", "test", "--filter", "ExchangeTests"], cwd=ROOT, check=True,
            env={**os.environ, "VIZCNN_EXCHANGE": name})
        return min(1, check(folder) + check_fixtures(folder))


if __name__ == "__main__":
    sys.exit(main())
