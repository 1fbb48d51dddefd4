#!/usr/bin/env python3
"""What Pillow and torchvision make of random pictures, for Tests/VizInputTests.

    python make_pillow.py                 writes pillow.safetensors beside itself, a few cases
    python make_pillow.py --many FILE     thousands of cases; then
                                          VIZCNN_PILLOW=FILE swift test --filter PillowTests

Every case has two tensors, `N in` and `N out`, pictures as [height, width, channels]. The metadata says
under `cases` what each is, in JSON: `resize` holds Image.resize(BILINEAR) of 8-bit pictures and, where
the tensors are F32, of Pillow's mode F; `prepare` holds Resize, CenterCrop, ToTensor and Normalize of
torchvision as [1, channels, height, width], and of RGBA pictures over white. The metadata also has the
versions that made the numbers. Needs numpy, Pillow, torch, torchvision and safetensors.
"""

import argparse
import json
import pathlib

import numpy as np
import PIL
import torchvision
from PIL import Image
from safetensors.numpy import save_file
from torchvision import transforms

MODES = {1: "L", 3: "RGB", 4: "RGBA"}


class Cases:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.cases, self.tensors = [], {}

    def add(self, case, given, made):
        self.tensors[f"{len(self.cases)} in"] = np.ascontiguousarray(given)
        self.tensors[f"{len(self.cases)} out"] = np.ascontiguousarray(made)
        self.cases.append(case)

    def pixels(self, width, height, channels):
        """Noise, runs of black and white, and now and then one colour all over."""
        pixels = self.rng.integers(0, 256, (height, width, channels), np.uint8)
        kind = self.rng.random((height, width))
        pixels[kind < 0.15] = 0
        pixels[kind > 0.85] = 255
        if self.rng.random() < 0.05:
            pixels[:] = self.rng.integers(0, 256)
        return pixels

    def resize(self, size, new_size, channels):
        pixels = self.pixels(*size, channels)
        image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
        resized = np.asarray(image.resize(new_size, Image.Resampling.BILINEAR))
        self.add({"kind": "resize"}, pixels, resized.reshape(*new_size[::-1], channels))

    def resize_float(self, size, new_size):
        numbers = self.rng.normal(0.5, 0.4, (size[1], size[0])).astype(np.float32)
        resized = np.asarray(Image.fromarray(numbers).resize(new_size, Image.Resampling.BILINEAR))
        self.add({"kind": "resize"}, numbers[:, :, None], resized[:, :, None])

    def prepare(self, size, channels, side, crop, mean, deviation):
        """`crop` is (height, width); without a side, it has to be a square."""
        pixels = self.pixels(*size, channels)
        image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, MODES[channels])
        if channels == 4:
            white = Image.new("RGB", size, "white")
            white.paste(image, mask=image.getchannel("A"))
            image = white
        transform = transforms.Compose([
            transforms.Resize(side or crop[0]), transforms.CenterCrop(crop),
            transforms.ToTensor(), transforms.Normalize(mean, deviation)])
        case = {"kind": "prepare", "resize": side or 0, "height": crop[0], "width": crop[1],
                "mean": mean, "std": deviation}
        self.add(case, pixels, transform(image).numpy()[None])

    def save(self, path):
        versions = {"pillow": PIL.__version__, "torchvision": torchvision.__version__}
        save_file(self.tensors, path, {"cases": json.dumps(self.cases), **versions})
        print(f"{path}: {len(self.cases)} cases")


GRAY = ([0.1307], [0.3081])
COLOUR = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def few():
    cases = Cases(1)
    for size, new_size, channels in [
            ((1, 1), (1, 1), 1), ((1, 1), (5, 3), 3), ((7, 5), (1, 1), 3), ((2, 2), (3, 3), 1),
            ((33, 17), (9, 8), 1), ((31, 20), (8, 7), 3), ((9, 8), (33, 17), 1), ((1, 40), (3, 7), 3),
            ((40, 1), (7, 3), 1), ((16, 12), (16, 5), 3), ((16, 12), (5, 12), 1), ((28, 28), (14, 7), 1),
            ((11, 13), (12, 12), 3), ((13, 21), (9, 8), 3)]:
        cases.resize(size, new_size, channels)
    for size, new_size in [((1, 1), (2, 3)), ((13, 9), (5, 4)), ((5, 4), (13, 9)), ((30, 2), (7, 2))]:
        cases.resize_float(size, new_size)
    for size in [(20, 15), (15, 20), (8, 8), (3, 5)]:
        cases.prepare(size, 1, None, (8, 8), *GRAY)
        cases.prepare(size, 3, 9, (8, 6), *COLOUR)
    cases.prepare((12, 9), 4, 8, (7, 7), *COLOUR)
    cases.prepare((12, 9), 3, 5, (8, 6), *COLOUR)   # black on all sides
    cases.prepare((6, 21), 1, 4, (9, 7), *GRAY)     # above and below cut, left and right black
    return cases


def many():
    cases = Cases(2)
    for length in range(1, 65):
        for new_length in range(1, 65):
            cases.resize((length, 2), (new_length, 2), 1)
            cases.resize((2, length), (2, new_length), 3)
    number = cases.rng.integers
    for limit, count in [(20, 2000), (90, 600), (700, 60)]:
        for _ in range(count):
            size, new_size = number(1, limit, (2, 2)).tolist()
            cases.resize(tuple(size), tuple(new_size), int(number(0, 2)) * 2 + 1)
            size, new_size = number(1, min(limit, 200), (2, 2)).tolist()
            cases.resize_float(tuple(size), tuple(new_size))
    for size, new_size in [((4000, 3000), (341, 256)), ((3000, 4001), (256, 341)),
                           ((65500, 1), (224, 1)), ((1, 65500), (1, 224)), ((5, 5), (1500, 1500))]:
        cases.resize(size, new_size, 3)
    for _ in range(3000):
        channels = int(number(0, 3))
        size, crop = number(1, 60, 2).tolist(), number(1, 40, 2).tolist()
        side = int(number(1, 50))
        colours = GRAY if channels == 0 else COLOUR
        cases.prepare(tuple(size), [1, 3, 4][channels], side, crop, *colours)
        cases.prepare(tuple(size), [1, 3, 4][channels], None, crop[:1] * 2, *colours)
    return cases


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--many", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    if options.many:
        many().save(options.many)
    else:
        few().save(pathlib.Path(__file__).with_name("pillow.safetensors"))
