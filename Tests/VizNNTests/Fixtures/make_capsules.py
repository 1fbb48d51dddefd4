"""A small capsule network in PyTorch, for Tests/VizNNTests/Gradients/CapsuleNetworkTests.swift.

Writes capsules.safetensors beside itself: `losses`, those of 5 steps of SGD (rate 0.5, momentum 0.9), and
`gradient.NAME`, those of the first step. Numbers are drawn from SplitMix64 as in make_layers.py: seed 6 draws the
parameters, half as large, in the order of the state_dict, then each batch.

    python make_capsules.py      (torch 2.x, safetensors)
"""

import pathlib

import torch
from safetensors.torch import save_file

from make_layers import CapsuleRouting, Numbers, primary_capsules

nn = torch.nn
torch.set_num_threads(1)
LABELS = [2, 0, 1, 2]


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.conv2 = nn.Conv2d(4, 8, 3, stride=2)
        self.classes = CapsuleRouting(8, 4, 3, 5)
        self.fc1 = nn.Linear(15, 6)
        self.fc2 = nn.Linear(6, 49)

    def forward(self, x, labels):
        x = primary_capsules(4)(self.conv2(self.conv1(x).relu()))
        poses = self.classes(x)
        mask = nn.functional.one_hot(labels, 3).unsqueeze(2)
        drawn = self.fc2(self.fc1((poses * mask).flatten(1)).relu()).sigmoid()
        return poses.norm(dim=2), drawn


def loss_of(lengths, drawn, x, labels):
    present = nn.functional.one_hot(labels, 3)
    margin = present * (0.9 - lengths).relu() ** 2 + 0.5 * (1 - present) * (lengths - 0.1).relu() ** 2
    distance = ((drawn - x.flatten(1)) ** 2).sum(1)
    return (margin.sum(1) + 0.0005 * distance).mean()


numbers = Numbers(6)
network = Network()
state = {name: numbers.tensor(tuple(tensor.shape)) / 2 for name, tensor in network.state_dict().items()}
network.load_state_dict(state)
optimizer = torch.optim.SGD(network.parameters(), lr=0.5, momentum=0.9)
labels = torch.tensor(LABELS)
found = {}
losses = []
for step in range(5):
    x = numbers.tensor((4, 1, 7, 7))
    optimizer.zero_grad()
    loss = loss_of(*network(x, labels), x, labels)
    loss.backward()
    losses.append(loss.item())
    if step == 0:
        found |= {f"gradient.{name}": p.grad.clone() for name, p in network.named_parameters()}
    optimizer.step()
found["losses"] = torch.tensor(losses, dtype=torch.float32)
save_file(found, pathlib.Path(__file__).with_name("capsules.safetensors"), metadata={"torch": torch.__version__})
print(losses, {name: g.abs().max().item() for name, g in found.items()})
