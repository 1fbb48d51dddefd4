#!/usr/bin/env python3
"""Trains the small network of model.ckpt on MNIST and writes it as vizcnn's own checkpoint.

    python3 samples/train_mnist.py FOLDER [--epochs 8] [--output samples/model.ckpt]

FOLDER holds the four IDX files of MNIST, with or without .gz. Needs PyTorch; the file here came from
Python 3.11, torch 2.15.0 and numpy 2.4.6 on one thread of an x86-64 processor. Other versions and
processors add up in another order and come to other weights, which classify as well.

The format is written by hand, as Documentation/Formats.md specifies it: a safetensors file whose
metadata says what network it belongs to.
"""

import argparse
import collections
import gzip
import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

MEAN, DEVIATION = 0.1307, 0.3081


def read_idx(folder, name):
    """The bytes of an IDX file in the shape that its header says."""
    path = folder / name
    raw = path.read_bytes() if path.exists() else gzip.open(folder / f"{name}.gz").read()
    rank = raw[3]
    shape = struct.unpack(f">{rank}I", raw[4:4 + 4 * rank])
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape).copy())


def load(folder, part):
    images = read_idx(folder, f"{part}-images-idx3-ubyte")
    pixels = (images[:, None].float() / 255 - MEAN) / DEVIATION
    return pixels, read_idx(folder, f"{part}-labels-idx1-ubyte").long()


def moved(images, generator):
    """Each picture shifted by up to two pixels, turned by up to 10° and scaled by up to 10 %."""
    count = len(images)
    angle, size = ((torch.rand(2, count, generator=generator) * 2 - 1)
                   * torch.tensor([[np.pi / 18], [0.1]], dtype=torch.float32))
    shift = (torch.rand(count, 2, generator=generator) * 2 - 1) * 2 / 14
    size = 1 + size
    rows = torch.stack([angle.cos() * size, -angle.sin() * size, shift[:, 0],
                        angle.sin() * size, angle.cos() * size, shift[:, 1]], dim=1)
    grid = functional.affine_grid(rows.view(-1, 2, 3), images.shape, align_corners=False)
    black = -MEAN / DEVIATION
    return functional.grid_sample(images - black, grid, align_corners=False) + black


def network():
    return nn.Sequential(collections.OrderedDict(
        conv1=nn.Conv2d(1, 8, 3), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(8, 16, 3), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(), fc=nn.Linear(400, 10)))


def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        found = torch.cat([model(batch).argmax(1) for batch in images.split(1000)])
    return (found == labels).double().mean().item()


def train(folder, epochs):
    generator = torch.Generator().manual_seed(1)
    images, labels = load(folder, "train")
    test_images, test_labels = load(folder, "t10k")
    model = network()
    optimiser = torch.optim.Adam(model.parameters())
    batches = (len(images) + 63) // 64
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=epochs * batches)
    history = []
    for epoch in range(1, epochs + 1):
        model.train()
        total = 0.0
        for indices in torch.randperm(len(images), generator=generator).split(64):
            loss = functional.cross_entropy(model(moved(images[indices], generator)), labels[indices])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(indices)
        history.append({"epoch": epoch, "loss": round(total / len(images), 5),
                        "accuracy": accuracy(model, test_images, test_labels)})
        print(history[-1], flush=True)
    return model, history


def description(model, history):
    """What makes a checkpoint of the weights; a layer is written as PyTorch prints it."""
    layers = list(model.named_children())
    names = ["input"] + [name for name, _ in layers]
    return {
        "version": 1,
        "network": {
            "inputs": [{"name": "input", "shape": [None, 1, 28, 28]}],
            "nodes": [{"name": name, "layer": repr(layer), "inputs": [before]}
                      for before, (name, layer) in zip(names, layers)],
            "outputs": [{"name": "output", "value": names[-1]}],
        },
        "input": {"channels": 1, "height": 28, "width": 28, "range": [0, 1],
                  "mean": [MEAN], "std": [DEVIATION], "light_on_dark": True},
        "classes": [str(digit) for digit in range(10)],
        "history": history,
    }


def write_checkpoint(path, model, history):
    """Length of the header, header, numbers: float32, in the order of the layers."""
    text = json.dumps(description(model, history), separators=(",", ":"))
    header = {"__metadata__": {"format": "pt", "vizcnn": text}}
    numbers = b""
    for name, tensor in model.state_dict().items():
        data = tensor.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(numbers), len(numbers) + len(data)]}
        numbers += data
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-(len(encoded) + 8) % 64)
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "model.ckpt")
    options = parser.parse_args()
    model, history = train(options.folder, options.epochs)
    write_checkpoint(options.output, model, history)
    print(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    main()
