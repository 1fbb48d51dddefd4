"""Prints grids.txt: what torchvision makes of small images.

Made with torch 2.15.0 and torchvision 0.29.2. Each case is four lines: its arguments as
`key=value` words, the shape, the numbers in hexadecimal floats, and the pixels of the PNG.
"""
import io

import torch
from PIL import Image
from torchvision.utils import save_image

torch.manual_seed(5)
CASES = [
    ((5, 1, 2, 3), dict(nrow=3)),
    ((5, 3, 2, 2), dict(nrow=2, padding=1, pad_value=0.3)),
    ((3, 1, 3, 2), dict(nrow=8, normalize=True)),
    ((4, 3, 2, 3), dict(nrow=2, normalize=True, scale_each=True, pad_value=1.0)),
    ((3, 1, 2, 2), dict(normalize=True, value_range=(-0.5, 0.75), padding=0)),
    ((1, 1, 3, 3), dict(normalize=True)),
    ((1, 3, 2, 2), dict(padding=4)),
    ((2, 1, 1, 1), dict(normalize=True, scale_each=True, padding=3, pad_value=0.5)),
]
for shape, arguments in CASES:
    images = torch.randn(shape) * 0.7
    file = io.BytesIO()
    save_image(images, file, format="png", **arguments)
    pixels = Image.open(file)
    words = [f"{k}={','.join(map(str, v)) if isinstance(v, tuple) else v}" for k, v in arguments.items()]
    print(*(words or ["-"]))
    print(*shape)
    print(*(float(v).hex() for v in images.flatten()))
    print(pixels.width, pixels.height, pixels.convert("RGB").tobytes().hex())
