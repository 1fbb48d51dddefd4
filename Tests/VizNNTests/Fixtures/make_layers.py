"""Outputs of PyTorch's layers, for Tests/VizNNTests/PyTorchLayerTests.swift.

Writes layers.safetensors beside itself: in `outputs` the outputs of all cases one behind the other, and in `cases`,
as the bytes of a JSON text, what each case is: class, keyword arguments, input shapes, output shapes, and where they are not 1 and 0,
how large the inputs are and whether they are whole. Inputs and parameters are not stored:
both sides draw them from SplitMix64, one number after the other, inputs first, then parameters in the
order of the state_dict. The metadata also has the version that printed the numbers.

    python make_layers.py      (torch 2.x, safetensors)
"""

import inspect
import itertools
import json
import pathlib

import torch
from safetensors.torch import save_file

torch.set_num_threads(1)


class Numbers:
    """SplitMix64; numbers of -1 to 1 with 24 bits, which both languages hold exactly."""

    def __init__(self, seed):
        self.state = seed

    def number(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        return (z >> 40) / 2**23 - 1

    def tensor(self, shape):
        count = 1
        for length in shape:
            count *= length
        return torch.tensor([self.number() for _ in range(count)], dtype=torch.float32).reshape(shape)


cases = []


def add(kind, shapes, /, _module=None, _whole=False, **arguments):
    """A case; `_module` computes what PyTorch has no class for. Inputs may be whole numbers of −8 to 8."""
    if isinstance(shapes, tuple):
        shapes = [shapes]
    cases.append((kind, arguments, shapes, _module, _whole))


nn = torch.nn
F = torch.nn.functional

# Convolutions: kernels, strides, paddings, dilations and groups that meet each other.
for kernel, stride, padding, dilation in itertools.product(
    [1, 3, (2, 5)], [1, 2, (2, 1)], [0, 1, (2, 0)], [1, 2]
):
    add("Conv2d", (1, 3, 5, 9), in_channels=3, out_channels=1, kernel_size=kernel, stride=stride,
        padding=padding, dilation=dilation)
for groups, outputs, bias in [(2, 4, True), (4, 4, False), (4, 8, True), (1, 13, True), (2, 26, False)]:
    add("Conv2d", (1, 4, 3, 4), in_channels=4, out_channels=outputs, kernel_size=3, padding=1,
        groups=groups, bias=bias)
for stride, dilation in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 3)]:
    add("Conv2d", (1, 3, 9, 10), in_channels=3, out_channels=3, kernel_size=3, stride=stride, padding=2,
        dilation=dilation, groups=3)
for kernel, dilation in [(1, 1), (2, 1), (3, 1), (4, 1), (3, 2), ((2, 3), (3, 1))]:
    add("Conv2d", (1, 2, 6, 7), in_channels=2, out_channels=2, kernel_size=kernel, padding="same",
        dilation=dilation)
add("Conv2d", (1, 40, 3, 3), in_channels=40, out_channels=14, kernel_size=3)
add("Conv2d", (1, 2, 3, 33), in_channels=2, out_channels=1, kernel_size=7, padding=3)

for kernel, stride, padding, extra, dilation in [
    (2, 2, 0, 0, 1), (3, 1, 0, 0, 1), (3, 2, 1, 1, 1), (4, 2, 1, 0, 1), (3, 3, 0, 2, 1), (2, 3, 0, 0, 1),
    (3, 2, 1, 0, 2), (3, 2, 2, 1, 3), ((2, 3), (1, 2), (0, 1), (0, 1), 1), (5, 4, 2, 3, 1), (1, 2, 0, 0, 1),
    (3, 4, 1, 2, 2),
]:
    add("ConvTranspose2d", (1, 2, 3, 4), in_channels=2, out_channels=1, kernel_size=kernel, stride=stride,
        padding=padding, output_padding=extra, dilation=dilation)
add("ConvTranspose2d", (2, 4, 2, 3), in_channels=4, out_channels=6, kernel_size=3, stride=2, groups=2, bias=False)
add("ConvTranspose2d", (1, 4, 2, 3), in_channels=4, out_channels=4, kernel_size=3, stride=2, groups=4)

# Pools.
for kernel, stride, padding, dilation, ceil in itertools.product(
    [2, (3, 2)], [None, 1, 3], [0, 1], [1, 2], [False, True]
):
    add("MaxPool2d", (1, 1, 6, 7), kernel_size=kernel, stride=stride, padding=padding, dilation=dilation,
        ceil_mode=ceil)
for kernel, stride, padding, ceil in [(2, None, 0, False), (3, 2, 1, True), (3, 1, 1, False)]:
    add("MaxPool2d", (2, 2, 5, 4), kernel_size=kernel, stride=stride, padding=padding, ceil_mode=ceil,
        return_indices=True)
for kernel, stride, padding, ceil, include in itertools.product(
    [2, (3, 2)], [None, 1, 3], [0, 1], [False, True], [False, True]
):
    if padding or include or ceil:
        add("AvgPool2d", (1, 1, 6, 7), kernel_size=kernel, stride=stride, padding=padding, ceil_mode=ceil,
            count_include_pad=include)
add("AvgPool2d", (1, 1, 6, 7), kernel_size=3, divisor_override=5)
for kind in ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"]:
    for size in [1, 3, (2, 5), (None, 4), 9]:
        add(kind, (1, 2, 7, 8), output_size=size)

# Norms.
add("BatchNorm2d", (2, 3, 2, 3), num_features=3)
add("BatchNorm2d", (2, 3, 2, 3), num_features=3, eps=0.01, affine=False)
add("BatchNorm1d", (4, 5), num_features=5)
add("BatchNorm1d", (2, 3, 7), num_features=3, eps=0.1)
add("InstanceNorm2d", (2, 3, 2, 3), num_features=3)
add("InstanceNorm2d", (2, 3, 2, 3), num_features=3, eps=0.1, affine=True)
add("InstanceNorm1d", (2, 3, 7), num_features=3, affine=True)
for groups in [1, 2, 4]:
    add("GroupNorm", (2, 4, 2, 3), num_groups=groups, num_channels=4)
add("GroupNorm", (2, 6, 5), num_groups=3, num_channels=6, eps=0.1, affine=False)
for kind in ["BatchNorm2d", "InstanceNorm2d"]:
    add(kind, (2, 3, 2, 3), num_features=3, affine=True, bias=False)
add("GroupNorm", (2, 4), num_groups=2, num_channels=4, bias=False)
for shape, arguments in [(5, {}), ((3, 5), {}), (5, {"eps": 0.1, "bias": False}), (5, {"elementwise_affine": False})]:
    add("LayerNorm", (2, 3, 5), normalized_shape=shape, **arguments)
for size in [1, 2, 3, 5]:
    add("LocalResponseNorm", (2, 6, 1, 2), size=size, alpha=0.5, beta=0.75, k=2.0)
add("LocalResponseNorm", (1, 4, 3, 4), size=5)

# Activations, over numbers on both sides of every corner.
for kind, arguments in [
    ("ReLU", {}), ("ReLU6", {}), ("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 0.2}), ("PReLU", {}),
    ("PReLU", {"num_parameters": 3}), ("ELU", {}), ("ELU", {"alpha": 0.5}), ("CELU", {}),
    ("CELU", {"alpha": 2.0}), ("SELU", {}), ("GELU", {}), ("GELU", {"approximate": "tanh"}), ("SiLU", {}),
    ("Mish", {}), ("Hardswish", {}), ("Hardsigmoid", {}), ("Hardtanh", {}),
    ("Hardtanh", {"min_val": -2.0, "max_val": 0.5}), ("Sigmoid", {}), ("Tanh", {}), ("Softplus", {}),
    ("Softplus", {"beta": 2.0, "threshold": 3.0}), ("Softsign", {}), ("Threshold", {"threshold": 1.0, "value": 0.0}),
    ("Threshold", {"threshold": -2.0, "value": 0.5}),
]:
    add(kind, (2, 3, 5), **arguments)
for kind in ["Softmax", "LogSoftmax"]:
    for dim in [0, 1, -1]:
        add(kind, (2, 5, 3), dim=dim)

# Dense layers, and what moves numbers about.
for inputs, outputs, bias in [(1, 1, True), (7, 3, True), (33, 9, False), (130, 5, True)]:
    add("Linear", (3, inputs), in_features=inputs, out_features=outputs, bias=bias)
add("Linear", (7, 19), in_features=19, out_features=18)
add("Linear", (2, 3, 6), in_features=6, out_features=5)
add("Flatten", (2, 3, 4))
add("Flatten", (2, 3, 2, 2), start_dim=0, end_dim=2)
add("Dropout", (2, 3))
add("Identity", (2, 3))
for factor in [2, 3]:
    add("PixelShuffle", (1, 2 * factor * factor, 2, 3), upscale_factor=factor)
add("ZeroPad2d", (1, 2, 3, 4), padding=(1, 2, 0, 3))
add("ZeroPad2d", (1, 2, 3, 4), padding=(-1, 2, 1, -1))
add("ConstantPad2d", (1, 2, 3, 4), padding=2, value=0.5)
add("ReflectionPad2d", (1, 1, 4, 5), padding=(3, 1, 2, 3))
add("ReplicationPad2d", (1, 1, 3, 4), padding=(3, 4, 1, 5))
for arguments in [
    {"scale_factor": 2}, {"scale_factor": (2, 3)}, {"scale_factor": 1.5}, {"scale_factor": 0.5},
    {"size": (5, 9)}, {"size": 3},
]:
    add("Upsample", (1, 1, 4, 5), mode="nearest", **arguments)
    for corners in [False, True]:
        add("Upsample", (1, 1, 4, 5), mode="bilinear", align_corners=corners, **arguments)
# Scales that are no sums of a few powers of two: how many samples there are, and which is the nearest, hangs on
# the last bit of a product. 0.29 · 100 is 28 in double and 29 in single precision; 18 / 1.2 is 15 or a little less.
for scale, length in [(1.1, 33), (1.2, 19), (1.3, 10), (1.4, 25), (1.6, 16), (1.7, 16), (1.8, 7), (1.9, 10), (2.2, 16),
                      (2.3, 13), (2.6, 7), (2.7, 9), (3.3, 7), (0.3, 16), (0.6, 32), (0.7, 10), (0.9, 16), (0.29, 100),
                      (1.05, 10)]:
    for arguments in [{}, {"recompute_scale_factor": True}] if scale in [1.2, 1.4, 1.9, 2.3, 3.3, 0.3, 0.29] else [{}]:
        add("Upsample", (1, 1, 1, length), mode="nearest", scale_factor=(1.0, scale), **arguments)
        # On corners the scale does not count.
        for corners in [False] if arguments else [False, True]:
            add("Upsample", (1, 1, 1, length), mode="bilinear", align_corners=corners, scale_factor=(1.0, scale),
                **arguments)
for size in [(7, 13), (3, 17), (16, 5)]:
    add("Upsample", (1, 1, 6, 10), mode="nearest", size=size)
add("UpsamplingBilinear2d", (1, 1, 3, 4), scale_factor=2)
add("UpsamplingNearest2d", (1, 1, 3, 4), size=(7, 5))

for arguments in [{"scale_factor": 2}, {"scale_factor": (1.5, 0.6)}, {"size": (3, 9)}, {"scale_factor": (1, 2.3)}]:
    for corners in [False, True]:
        add("Upsample", (1, 1, 4, 5), mode="bicubic", align_corners=corners, **arguments)
for kernel, stride, padding, dilation, groups in [(3, 1, 1, 1, 1), (4, 2, 0, 1, 2), (2, 1, 3, 2, 4), (3, 1, "same", 2, 1)]:
    add("Conv1d", (2, 4, 9), in_channels=4, out_channels=4, kernel_size=kernel, stride=stride, padding=padding,
        dilation=dilation, groups=groups, bias=groups != 2)
add("PixelUnshuffle", (1, 2, 4, 6), downscale_factor=2)
add("PixelUnshuffle", (2, 1, 3, 6), downscale_factor=3)
add("CircularPad2d", (1, 1, 3, 4), padding=(1, 4, 0, 3))
add("CircularPad2d", (1, 1, 3, 4), padding=2)

# What is a function in PyTorch.
for kind, function in [
    ("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", torch.div),
    ("Maximum", torch.maximum), ("Minimum", torch.minimum),
]:
    for shapes in [[(2, 3, 2, 2), (2, 3, 2, 2)], [(2, 3, 2, 3), (3, 1, 1)], [(2, 1, 2, 1), (3, 1, 2)], [(4,), ()]]:
        add(kind, shapes, _module=function)
add("Pow", [(2, 3), (1, 3)], _module=torch.pow)
add("Mean", [(2, 3), (3,), (2, 1)], _module=lambda a, b, c: (a + b + c) / 3)
for operation, function in [
    ("Equal", torch.eq), ("Greater", torch.gt), ("Less", torch.lt), ("GreaterOrEqual", torch.ge),
    ("LessOrEqual", torch.le), ("And", torch.logical_and), ("Or", torch.logical_or), ("Xor", torch.logical_xor),
    ("Mod", torch.remainder),
]:
    # Whole numbers, some of them equal and some 0.
    add("Compare", [(3, 2, 5), (3, 1, 5)], _module=function, _whole=True, operation=operation)
add("Where", [(2, 1, 5), (2, 4, 5), (4, 1)], _module=lambda c, a, b: torch.where(c != 0, a, b), _whole=True)
for kind, function in [("whole", torch.trunc), ("bool", lambda x: x != 0), ("not", torch.logical_not)]:
    add("Cast", (3, 7), _module=function, kind=kind)
for dim, keep in [(1, False), (-1, True), (0, False)]:
    add("ArgMax", (3, 4, 5), _module=lambda x, d=dim, k=keep: torch.argmax(x, d, k), dim=dim, keepdim=keep)
add("ArgMax", (3, 4, 5), _module=lambda x: torch.argmin(x, 1), dim=1, smallest=True)
for dim, index in [(1, [2, 0, 0, -1]), (-1, [3]), (2, 1), (0, -1)]:
    add("IndexSelect", (2, 3, 4), _module=lambda x, d=dim, i=index: x.select(d, i) if isinstance(i, int)
        else torch.index_select(x, d, torch.tensor(i) % x.shape[d]), dim=dim, index=index)
for dim in [0, 1, -1]:
    add("Concat", [(2, 3, 2), (2, 3, 2), (2, 3, 2)], _module=lambda *x, d=dim: torch.cat(x, d), dim=dim)
add("Concat", [(2, 3, 4), (2, 1, 4)], _module=lambda *x: torch.cat(x, 1))
add("Split", (2, 7, 3), _module=lambda x: torch.split(x, [2, 4, 1], 1), split=[2, 4, 1], dim=1)
add("Split", (2, 7, 3), _module=lambda x: torch.chunk(x, 3, -2), chunks=3, dim=-2)
add("Slice", (4, 6, 5), _module=lambda x: x[1:, 1:5:2, :-1], starts=[1, 1, 0], ends=[1 << 62, 5, -1], dims=[0, 1, 2],
    steps=[1, 2, 1])
add("Slice", (4, 6), _module=lambda x: x.flip(1)[:, ::2], starts=[-1], ends=[-(1 << 62)], dims=[1], steps=[-2])
add("Transpose", (2, 3, 2, 5), _module=lambda x: x.permute(0, 2, 3, 1), dims=[0, 2, 3, 1])
add("Transpose", (2, 3, 4), _module=lambda x: x.permute(2, 1, 0))
add("Reshape", (2, 3, 4), _module=lambda x: x.reshape(2, 6, 2), shape=[0, -1, 2])
add("Expand", (3, 1), _module=lambda x: x.expand(2, 3, 4), shape=[2, 1, 4])
add("Squeeze", (1, 3, 1, 2), _module=lambda x: x.squeeze())
add("Squeeze", (1, 3, 1, 2), _module=lambda x: x.squeeze(-2), dim=[-2])
add("Unsqueeze", (3, 2), _module=lambda x: x.unsqueeze(1).unsqueeze(3), dim=[1, -1])
for operation, function in [
    ("Mean", torch.mean), ("Sum", torch.sum), ("Max", torch.amax), ("Min", torch.amin),
    ("L1", lambda x, d, k: x.abs().sum(d, k)), ("L2", lambda x, d, k: (x * x).sum(d, k).sqrt()),
    ("SumSquare", lambda x, d, k: (x * x).sum(d, k)), ("LogSumExp", torch.logsumexp),
]:
    for dims, keep in [([2, 3], True), ([1], False), ([-1, 0], False)]:
        add("Reduce", (2, 3, 2, 3), _module=lambda x, f=function, d=dims, k=keep: f(x, d, k), operation=operation,
            dim=dims, keepdim=keep)
add("Reduce", (2, 3), _module=lambda x: x.prod(1), operation="Prod", dim=[1])
for shapes in [[(3, 4), (4, 5)], [(2, 3, 4), (4, 5)], [(2, 1, 3, 4), (3, 4, 2)], [(4,), (4, 3)], [(2, 3, 4), (4,)]]:
    add("MatMul", shapes, _module=torch.matmul)
for name, function in [
    ("Abs", torch.abs), ("Neg", torch.neg), ("Exp", torch.exp), ("Erf", torch.erf), ("Floor", torch.floor),
    ("Ceil", torch.ceil), ("Round", torch.round), ("Sign", torch.sign), ("Sin", torch.sin), ("Cos", torch.cos),
    ("Reciprocal", torch.reciprocal),
]:
    add("Function", (2, 7), _module=function, name=name)

# Activations and functions get numbers up to this size; all others up to 1.
WIDE = 8
wide = {"ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish",
        "Hardsigmoid", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Function", "Threshold", "Cast"}

# Places and lengths that are whole numbers, or would be: which sample is taken is a matter of rounding.
for arguments in [
    {"size": (1, 82)}, {"size": (1, 94)}, {"scale_factor": (1, 0.3)}, {"scale_factor": (1, 0.7)},
    {"scale_factor": (1, 0.1)}, {"scale_factor": (1, 1 / 3)}, {"scale_factor": (1, 3.3)},
]:
    for width in [2, 14, 21] if "size" in arguments else [10, 20, 27]:
        add("Upsample", (1, 1, 1, width), mode="nearest", **arguments)


# Capsules (Sabour et al. 2017), whose gradients autograd takes through every turn of routing.
def squash(s):
    squares = (s * s).sum(-1, keepdim=True)
    return squares / (1 + squares) * s / squares.sqrt()


def primary_capsules(dim):
    def function(x):
        n, c, h, w = x.shape
        return squash(x.reshape(n, c // dim, dim, h * w).transpose(2, 3).reshape(n, -1, dim))

    return function


class CapsuleRouting(nn.Module):
    def __init__(self, in_capsules, in_dim, out_capsules, out_dim, iterations=3):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_capsules, in_dim, out_capsules, out_dim))
        self.iterations = iterations

    def forward(self, x):
        votes = torch.einsum("ikjd,nik->nijd", self.weight, x)
        logits = torch.zeros(votes.shape[:3])
        for turn in range(self.iterations):
            poses = squash((logits.softmax(2).unsqueeze(3) * votes).sum(1))
            logits = logits + torch.einsum("nijd,njd->nij", votes, poses)
        return poses


def longest_capsule(x):
    kept = F.one_hot(x.norm(dim=2).argmax(1), x.shape[1]).unsqueeze(2)
    return (x * kept).flatten(1)


for dim, shape in [(2, (2, 4, 2, 3)), (8, (1, 16, 2, 2))]:
    add("PrimaryCapsules", shape, _module=primary_capsules(dim), dim=dim)
for batch, shape, turns in [(2, (4, 3, 2, 5), 1), (2, (5, 4, 3, 3), 2), (3, (6, 8, 4, 16), 3), (1, (3, 2, 2, 17), 4)]:
    add("CapsuleRouting", (batch, shape[0], shape[1]), in_capsules=shape[0], in_dim=shape[1], out_capsules=shape[2],
        out_dim=shape[3], iterations=turns)
add("CapsuleLength", (2, 3, 5), _module=lambda x: x.norm(dim=2))
add("CapsuleMask", (3, 4, 5), _module=longest_capsule)


def class_of(kind):
    """PyTorch's class, or one of this file."""
    return getattr(nn, kind, None) or globals().get(kind)


def prepare(index):
    """The inputs of a case, what computes it, its parameters by name, and the numbers that come after them."""
    kind, arguments, shapes, function, whole = cases[index]
    numbers = Numbers(index)
    inputs = [numbers.tensor(shape) * scale_of(kind, whole) for shape in shapes]
    if whole:
        inputs = [x.round() for x in inputs]
    if function is not None:
        return inputs, function, {}, numbers
    module = class_of(kind)(**arguments).eval()
    state = module.state_dict()
    for name in state:
        if name == "num_batches_tracked":
            continue
        drawn = numbers.tensor(tuple(state[name].shape))
        state[name] = drawn.abs() + 0.5 if name == "running_var" else drawn
    module.load_state_dict(state)
    return inputs, module, dict(module.named_parameters()), numbers


def scale_of(kind, whole):
    return WIDE if kind in wide or whole else 1


def results_of(function, inputs):
    result = function(*inputs)
    return list(result) if isinstance(result, (tuple, list)) else [result]


def defaults(kind):
    """What PyTorch's class takes for arguments that are not given."""
    module = class_of(kind)
    parameters = inspect.signature(module.__init__).parameters if module else {}
    return {k: p.default for k, p in parameters.items() if p.default is not p.empty}


def main():
    outputs = []
    described = []
    for index, (kind, arguments, shapes, _, whole) in enumerate(cases):
        inputs, function, _, _ = prepare(index)
        with torch.no_grad():
            results = results_of(function, inputs)
        outputs += [output.to(torch.float32).flatten() for output in results]
        arguments = {k: v for k, v in arguments.items() if k not in defaults(kind) or v != defaults(kind)[k]}
        scale = scale_of(kind, whole)
        described.append([kind, arguments, shapes, [list(output.shape) for output in results]]
                         + ([scale, int(whole)] if scale != 1 or whole else []))
    save_file(
        {
            "outputs": torch.cat(outputs),
            "cases": torch.frombuffer(
                bytearray(json.dumps(described, separators=(",", ":")).encode()), dtype=torch.uint8),
        },
        pathlib.Path(__file__).with_name("layers.safetensors"),
        metadata={"torch": torch.__version__},
    )
    print(len(cases), "cases,", sum(t.numel() for t in outputs), "numbers, torch", torch.__version__)


if __name__ == "__main__":
    main()
