#!/usr/bin/env python3
"""What torchvision's transforms make of pictures of Pillow's with fixed parameters, for Tests/VizTrainingTests.

    python make_torchvision.py      writes torchvision.safetensors beside itself

Every case has two tensors, `N in` and `N out`, pictures as [height, width, channels]. The metadata says under
`cases` in JSON what was done, with which numbers, and has the versions that made them. Needs numpy, Pillow,
torchvision and safetensors.
"""

import json
import pathlib

import numpy as np
import PIL
import torchvision
from PIL import Image
from safetensors.numpy import save_file
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

rng = np.random.default_rng(6)
cases, tensors = [], {}
MODES = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}


def picture(width, height, channels):
    """Noise on a slope, with black and white, so that wrong places and wrong rounding show."""
    slope = np.linspace(0, 200, width)[None, :, None] + np.zeros((height, 1, channels))
    pixels = np.clip(slope + rng.integers(-60, 60, (height, width, channels)), 0, 255).astype(np.uint8)
    kind = rng.random((height, width))
    pixels[kind < 0.1] = 0
    pixels[kind > 0.9] = 255
    return pixels


def add(name, numbers, function, size, channels, **words):
    pixels = picture(*size, channels)
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    made = np.asarray(function(image))
    tensors[f"{len(cases)} in"] = pixels
    tensors[f"{len(cases)} out"] = np.ascontiguousarray(made.reshape(made.shape[0], made.shape[1], -1))
    cases.append({"kind": name, "numbers": numbers, **words})


for channels in (1, 3):
    fill = 7 if channels == 1 else (10, 20, 30)
    for mode in ("constant", "edge", "reflect", "symmetric"):
        for border in ([2, 3, 1, 4], [0, 0, 5, 0]):
            add("pad", border, lambda i: F.pad(i, border, fill, mode), (7, 6), channels, mode=mode)
    add("crop", [2, 1, 5, 4], lambda i: F.crop(i, 1, 2, 4, 5), (9, 8), channels)
    add("hflip", [], F.hflip, (9, 4), channels)
    add("vflip", [], F.vflip, (5, 6), channels)
    for size in [(8, 8), (9, 6)][channels // 3:]:
        for crop in [[4, 5], [7, 11], [12, 3], [8, 8]]:
            add("center_crop", crop, lambda i: F.center_crop(i, crop), size, channels)
        for side in (4, 6, 13):
            add("resize", [side], lambda i: F.resize(i, [side]), size, channels)
        add("resize", [5, 12], lambda i: F.resize(i, [5, 12]), size, channels)
        add("resized_crop", [1, 2, 4, 3, 6, 7],
            lambda i: F.resized_crop(i, 2, 1, 3, 4, [6, 7]), size, channels)
        for mode, interpolation in MODES.items():
            for angle in (0, 10.5, -33, 90, 180, 270, 359, -400):
                add("rotate", [angle], lambda i: F.rotate(i, angle, interpolation, fill=fill), size,
                    channels, mode=mode)
            add("rotate", [20, 2, 3], lambda i: F.rotate(i, 20, interpolation, center=[2, 3], fill=fill),
                size, channels, mode=mode)
            for numbers in ([0, 3, 0, 1, 0, 0], [0, -2, 1, 1, 0, 0], [15, 1, -1, 1.2, 0, 0],
                            [-40, 0, 0, 0.6, 10, 0], [5, 0, 2, 1, -20, 15], [0, 0, 0, 2, 0, 0],
                            [0, 1, 0, 0.75, 0, 0], [3, 0, 0, 0.001, 0, 0]):
                angle, x, y, scale, *shear = numbers
                add("affine", numbers,
                    lambda i: F.affine(i, angle, (x, y), scale, shear, interpolation, fill), size, channels,
                    mode=mode)
    for out in (1, 3):
        add("gray", [out], lambda i: F.to_grayscale(i, out), (8, 5), channels)
    for factor in (0, 0.3, 0.95, 1, 1.4, 3):
        add("brightness", [factor], lambda i: F.adjust_brightness(i, factor), (8, 5), channels)
        add("contrast", [factor], lambda i: F.adjust_contrast(i, factor), (8, 5), channels)
        add("saturation", [factor], lambda i: F.adjust_saturation(i, factor), (8, 5), channels)
    for turns in (-0.5, -0.2, 0, 0.03, 0.25, 0.5):
        add("hue", [turns], lambda i: F.adjust_hue(i, turns), (12, 9), channels)

path = pathlib.Path(__file__).with_name("torchvision.safetensors")
save_file(tensors, path, {
    "cases": json.dumps(cases), "pillow": PIL.__version__, "torchvision": torchvision.__version__,
    "numpy": np.__version__})
print(f"{path}: {len(cases)} cases")
