#!/usr/bin/env python3
"""Writes the small checkpoints beside it, and `expected.json` with what torch reads back from them.

    python3 make_fixtures.py

Made with Python 3.11, torch 2.15.0, numpy 2.4, safetensors 0.8.0.
Everything is seeded: a second run gives the same numbers, though not the same bytes (torch.save
writes a random identifier into its zip archives).
"""
import collections
import json
import math
import pathlib
import struct

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).parent
expected = {}


def numbers(tensor):
    """Shape, and all numbers as float32."""
    tensor = tensor.detach().to(torch.float32).contiguous()
    values = [v if math.isfinite(v) else str(v) for v in tensor.flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def record(name, tensors, key=None):
    """What a reader has to find in a file."""
    label = name if key is None else f"{name}?{key}"
    expected[label] = {
        k: numbers(v) for k, v in tensors.items() if isinstance(v, torch.Tensor)
    }


def save(name, value, tensors, **options):
    torch.save(value, FOLDER / name, **options)
    record(name, tensors)


torch.manual_seed(20)
# The old format adds the source of each class; the fixtures do without.
torch.serialization.get_source_lines_and_file = lambda _: ([""], 0, "module.py")
LEGACY = {"_use_new_zipfile_serialization": False}


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.norm1 = nn.BatchNorm2d(2)
        self.fc1 = nn.Linear(2, 3)


small = Small()
small.norm1.running_mean += torch.rand(2)
state = small.state_dict()

# Both containers, every protocol that torch reads again: protocol 0 cannot refer to storages.
save("zip.pt", state, state)
save("legacy.pt", state, state, **LEGACY)
for protocol in range(1, 6):
    save(f"zip-protocol{protocol}.pt", state, state, pickle_protocol=protocol)
    save(f"legacy-protocol{protocol}.pt", state, state, pickle_protocol=protocol, **LEGACY)

# Every element type.
types = {
    "float64": torch.tensor([0.1, -1e300, 3.5], dtype=torch.float64),
    "float32": torch.tensor([0.1, float("inf"), -0.0]),
    "float16": torch.tensor([0.1, 65504, 6e-8, -float("inf"), 0.0009765625], dtype=torch.float16),
    "bfloat16": torch.tensor([0.1, 3e38, -2.5], dtype=torch.bfloat16),
    "int64": torch.tensor([-(2**53), 7]),
    "int32": torch.tensor([-(2**31), 2**24 + 1], dtype=torch.int32),
    "int16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "int8": torch.tensor([-128, 127], dtype=torch.int8),
    "uint8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
}
types["float64"][1] = -1e30  # within the range of float32
save("types.pt", types, types)
save("types-legacy.pt", types, types, **LEGACY)
save_file(types, FOLDER / "types.safetensors", metadata={"format": "pt", "note": "ä \" \\ \n"})
record("types.safetensors", types)
unsigned = {
    "uint16": torch.tensor([0, 65535], dtype=torch.uint16),
    "uint32": torch.tensor([0, 2**31 + 256], dtype=torch.uint32),
    "uint64": torch.tensor([0, 2**62], dtype=torch.uint64),
}
save_file(unsigned, FOLDER / "unsigned.safetensors")
record("unsigned.safetensors", unsigned)
save("unsigned.pt", unsigned, unsigned)

# Views: one storage for several tensors, strides, an offset, an expanded dimension.
base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
views = {
    "base": base,
    "transposed": base.permute(2, 0, 1),
    "channels_last": torch.arange(16.0).reshape(1, 4, 2, 2).to(memory_format=torch.channels_last),
    "part": base[1, 1:, ::2],
    "column": base[:, 1, 2],
    "expanded": base[0, 0, :1].expand(3, 4),
    "tied": base,
}
save("views.pt", views, views)
save("views-legacy.pt", views, views, **LEGACY)

# What stands around the weights.
optimizer = torch.optim.Adam(small.parameters())
small.fc1(torch.rand(1, 2)).sum().backward()
optimizer.step()
state = {k: v.clone() for k, v in small.state_dict().items()}
lightning = {
    "epoch": 3,
    "global_step": 120,
    "pytorch-lightning_version": "2.4.0",
    "state_dict": collections.OrderedDict(("model." + k, v) for k, v in state.items()),
    "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 4}}}},
    "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.5)}},
    "optimizer_states": [optimizer.state_dict()],
    "lr_schedulers": [],
    "hparams_name": "kwargs",
    "hyper_parameters": {"lr": 0.001, "widths": (1, 2), "name": "small"},
    "best": numpy.float64(0.25),
    "count": numpy.int64(3),
}
save("lightning.ckpt", lightning, lightning["state_dict"])
parallel = collections.OrderedDict(("module." + k, v) for k, v in state.items())
save("parallel.pt", {"state_dict": parallel, "best_prec1": torch.tensor(93.2)}, parallel)
save("model-key.pt", {"model": state, "optimizer": optimizer.state_dict(), "epoch": 1}, state)
other = {k: v + 1 for k, v in state.items()}
torch.save([state, other], FOLDER / "list.pt")
record("list.pt", state, "0")
record("list.pt", other, "1")
torch.save({"nets": {"teacher": state, "student": other}}, FOLDER / "nested.pt")
record("nested.pt", other, "nets.student")
record("nested.pt", state, "nets.teacher")
parameters = dict(small.named_parameters())
save("parameters.pt", parameters, parameters)
parameters["conv1.weight"].note = "an attribute makes the pickle longer"
save("parameter-state.pt", parameters, parameters)
half = {k: v.half() for k, v in state.items()}
save("half.pt", half, half)

# A tensor that was saved from a GPU: the location is all that differs.
with open(FOLDER / "legacy.pt", "rb") as file:
    data = file.read()
cuda = data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
(FOLDER / "cuda-legacy.pt").write_bytes(cuda)
record("cuda-legacy.pt", torch.load(FOLDER / "legacy.pt"))


def python2(name):
    """The legacy container as Python 2 with torch 0.3 wrote it, opcode by opcode."""

    def text(value):
        return b"U" + bytes([len(value)]) + value

    magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
    version = b"\x80\x02M\xe9\x03."
    system = b"\x80\x02}(" + text(b"little_endian") + b"\x88u."
    storage = (
        b"(" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(b"key")
        + text(b"cuda:1") + b"K\x06" + b"("
        + text(b"view") + b"K\x02K\x04tt"
        + b"Q"
    )
    tensor = (
        b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K\x01(K\x03t(K\x01ttR"
    )
    root = (
        b"\x80\x02ccollections\nOrderedDict\n](](" + text(b"w") + tensor + b"ee\x85R."
    )
    keys = b"\x80\x02](" + text(b"key") + b"e."
    numbers_ = struct.pack("<q6f", 6, *range(6))
    (FOLDER / name).write_bytes(magic + version + system + root + keys + numbers_)
    expected[name] = {"w": {"shape": [3], "values": [3.0, 4.0, 5.0]}}


python2("python2.pt")

# Whole modules.
sequential = nn.Sequential(
    collections.OrderedDict(
        conv1=nn.Conv2d(1, 2, 3, stride=2, padding=1, bias=False),
        norm1=nn.BatchNorm2d(2),
        act=nn.LeakyReLU(0.1),
        block=nn.Sequential(nn.Conv2d(2, 2, 1), nn.MaxPool2d(2, ceil_mode=True)),
        flatten=nn.Flatten(),
        fc=nn.Linear(8, 3),
        softmax=nn.Softmax(dim=1),
    )
).eval()
sequential.norm1.running_var += 0.5
save("sequential.pt", sequential, sequential.state_dict())
save("sequential-legacy.pt", sequential, sequential.state_dict(), **LEGACY)
save("parallel-module.pt", nn.DataParallel(sequential), {
    "module." + k: v for k, v in sequential.state_dict().items()})
image = torch.rand(2, 1, 7, 7)
expected["sequential.pt:output"] = {
    "input": numbers(image), "output": numbers(sequential(image))}
torch.save(small, FOLDER / "own-class.pt")
torch.jit.save(torch.jit.script(nn.Sequential(nn.Conv2d(1, 1, 1))), FOLDER / "torchscript.pt")

# Modules that are no layers here: unknown ones, known ones with unknown arguments, own code.
torch.save(
    nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"), nn.GLU(1), nn.GroupNorm(1, 2), nn.Bilinear(2, 2, 2),
        nn.Sequential(nn.ReLU(), nn.Upsample(scale_factor=2, mode="area")),
        nn.ModuleList([nn.ReLU()])),
    FOLDER / "unsupported.pt")

# Tensors without names, and what is no tensor.
bare = torch.rand(2, 3)
torch.save(bare, FOLDER / "bare.pt")
record("bare.pt", {"0": bare})
torch.save([bare, bare[0] + 1], FOLDER / "tensors.pt")
record("tensors.pt", {"0": bare, "1": bare[0] + 1})

# Arrays of NumPy: anywhere, of any type, in both orders; beside tensors they are no weights.
ones = numpy.ones((2, 3), numpy.float32)
save("arrays.pt", {"w": ones}, {"w": torch.from_numpy(ones)})
save("nested-arrays.pt", {"ema": {"shadow": {"w": ones}}, "step": 3}, {"w": torch.from_numpy(ones)})
save("bare-array.pt", ones[0], {"0": torch.from_numpy(ones[0])})
save("array-beside.pt", {"w": bare, "losses": ones}, {"w": bare})
counted = numpy.arange(24).reshape(2, 3, 4)
arrays = {code: counted.astype(code) for code in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"]}
arrays |= {"fortran": numpy.asfortranarray(arrays["f4"]), "view": arrays["i2"][:, ::2], "empty": arrays["f4"][:0],
           "number": numpy.array(7, "f4")}
as_tensors = {k: torch.from_numpy(numpy.ascontiguousarray(v).reshape(v.shape)) for k, v in arrays.items()}
for protocol in [2, 5]:
    save(f"array-types-{protocol}.pt", arrays, as_tensors, pickle_protocol=protocol)
torch.save({"w": ones.astype(">f4")}, FOLDER / "array-big-endian.pt")
torch.save({"w": ones.astype("c8")}, FOLDER / "array-complex.pt")

(FOLDER / "expected.json").write_text(json.dumps(expected, indent=None, separators=(",", ":")))
