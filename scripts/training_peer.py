"""Times training steps of PyTorch, case by case, for `VizBench training --peer`.

Every line of standard input is a question in JSON (Sources/VizBench/TrainingBench.swift), every line of
standard output the answer: the losses of some steps without dropout in Float64, from the same weights
and on the same batch, the milliseconds of some steps as they are, and the most memory that took. A
question of nothing but a turn asks for more steps of the last network.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from peer import milliseconds, peak_megabytes, reset_peak, serve


def mnist_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


def mnist_mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 512), nn.ReLU(),
        nn.Dropout(0.2), nn.Linear(512, 10))


class Block(nn.Module):
    """Two convolutions and a skip, which drops pixels and adds channels of zeros where shapes change."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.extra = stride, outputs - inputs

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.extra:
            half = self.extra // 2
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, self.extra - half))
        return F.relu(out + x)


def cifar_resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for outputs in (16, 32, 64):
        for i in range(3):
            layers.append(Block(inputs, outputs, 2 if i == 0 and outputs > 16 else 1))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def squash(s):
    squares = (s * s).sum(-1, keepdim=True)
    return squares.sqrt() / (1 + squares) * s


class Routing(nn.Module):
    """Three turns of agreement between the votes of 288 capsules for ten others."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(288, 8, 10, 16))

    def forward(self, x):
        # A product of matrices for each capsule: einsum of the same takes longer.
        votes = torch.bmm(x.transpose(0, 1), self.weight.flatten(2)).reshape(288, len(x), 10, 16)
        logits = torch.zeros(288, len(x), 10, dtype=x.dtype)
        for turn in range(3):
            poses = squash((logits.softmax(2).unsqueeze(3) * votes).sum(0))
            if turn < 2:
                logits = logits + (votes * poses).sum(3)
        return poses


class CapsuleNetwork(nn.Module):
    """Sabour et al. 2017 with 64 maps, 8 kinds of primary capsules and a small decoder."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 9)
        self.conv2 = nn.Conv2d(64, 64, 9, stride=2)
        self.classes = Routing()
        self.decoder = nn.Sequential(
            nn.Linear(160, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 784), nn.Sigmoid())

    def forward(self, x, labels):
        maps = self.conv2(F.relu(self.conv1(x)))
        primary = squash(maps.reshape(len(x), 8, 8, 36).transpose(2, 3).reshape(len(x), 288, 8))
        poses = self.classes(primary)
        chosen = F.one_hot(labels, 10).unsqueeze(2)
        return poses.norm(dim=2), self.decoder((poses * chosen).flatten(1))

    @staticmethod
    def loss(outputs, x, labels):
        (lengths, drawn), present = outputs, F.one_hot(labels, 10)
        margin = present * F.relu(0.9 - lengths) ** 2 + 0.5 * (1 - present) * F.relu(lengths - 0.1) ** 2
        return (margin.sum(1) + 0.0005 * ((drawn - x.flatten(1)) ** 2).sum(1)).mean()


LEARNING_RATE = 1e-4
NETWORKS = {
    "mnist-cnn": mnist_cnn, "mnist-mlp": mnist_mlp, "cifar-resnet20": cifar_resnet20,
    "mnist-capsnet-small": CapsuleNetwork}


def loaded(question):
    """The network with the question's weights: both sides list parameters in the order of the layers."""
    network = NETWORKS[question["name"]]()
    weights = load_file(question["weights"])
    state = network.state_dict()
    given = question["names"]
    own = [name for name in state if not name.endswith("num_batches_tracked")]
    if len(own) != len(given):
        raise ValueError(f"{len(given)} tensors for {len(own)} of PyTorch's")
    network.load_state_dict({a: weights[b].reshape(state[a].shape) for a, b in zip(own, given)}, strict=False)
    return network.train()


def stepper(network, x, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)

    def step():
        optimizer.zero_grad()
        if isinstance(network, CapsuleNetwork):
            loss = network.loss(network(x, labels), x, labels)
        else:
            loss = F.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def first_losses(question, x, labels):
    network = loaded(question).double()
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    step = stepper(network, x.double(), labels)
    return [step().item() for _ in range(question["steps"])]


# What makes a step of the last question's network.
steppers = []


def answer(question):
    losses = []
    if "source" in question:
        torch.set_num_threads(question["jobs"])
        x = torch.from_numpy(np.fromfile(question["source"], "float32").reshape(question["shape"]))
        labels = torch.tensor(question["labels"])
        losses = first_losses(question, x, labels)
        reset_peak()
        steppers[:] = [stepper(loaded(question), x, labels)]
    times = milliseconds(steppers[0], question["turn"])
    return {"losses": losses, "milliseconds": times, "megabytes": peak_megabytes()}


if __name__ == "__main__":
    serve(f"torch {torch.__version__}", answer)
    sys.exit(0)
