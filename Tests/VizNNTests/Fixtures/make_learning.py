"""What PyTorch's optimisers, schedules, losses and batch norms do, for Tests/VizNNTests.

Writes learning.safetensors beside itself. Numbers are drawn from SplitMix64 as in make_layers.py.

- `optimizer.NAME`: 20 rows, the parameters after each step; seed 1 draws seven parameters, then the gradients
  of each step.
- `schedule.NAME`: the learning rates of 20 epochs or steps.
- `clip`: the gradients of seed 2, clipped to a norm of 0.5.
- `loss.NAME.value` and `.gradient`: of 4×5 outputs of seed 3 (times 3) and the labels 0, 3, 4, 1.
- `norm.mean` and `norm.variance`: 20 rows, running statistics of a BatchNorm2d(3) over batches of seed 4.
  `mean-norm.…`: the same with momentum None.
- `network.losses` and `network.NAME`: 20 steps of SGD with momentum of a small network with a skip, batch
  normalisation in training, and what its parameters are then; seed 5 draws the parameters, then each batch.

    python make_learning.py      (torch 2.x, safetensors)
"""

import pathlib

import torch
from safetensors.torch import save_file

from make_layers import Numbers

nn = torch.nn
F = torch.nn.functional
optim = torch.optim
torch.set_num_threads(1)
STEPS = 20
found = {}

for name, make in {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "sgd-decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd-momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd-nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=0.01),
    "adam-decay": lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1),
    "adamw": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01),
    "rmsprop-momentum": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.9, weight_decay=0.01),
}.items():
    numbers = Numbers(1)
    parameter = nn.Parameter(numbers.tensor((7,)))
    optimizer = make([parameter])
    rows = []
    for _ in range(STEPS):
        parameter.grad = numbers.tensor((7,))
        optimizer.step()
        rows.append(parameter.detach().clone())
    found[f"optimizer.{name}"] = torch.stack(rows)

LOSSES = [1.0, 0.9, 0.95, 0.91, 0.92, 0.93, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76]
for name, make in {
    "step": lambda o: optim.lr_scheduler.StepLR(o, 3, 0.5),
    "cosine": lambda o: optim.lr_scheduler.CosineAnnealingLR(o, STEPS, 0.01),
    "warm-up": lambda o: optim.lr_scheduler.SequentialLR(
        o, [optim.lr_scheduler.LinearLR(o, 1 / 6, total_iters=5), optim.lr_scheduler.CosineAnnealingLR(o, STEPS - 5)],
        [5]),
    "plateau": lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.3, patience=2),
    "plateau-eager": lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.3, patience=0),
}.items():
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = make(optimizer)
    rates = []
    for loss in LOSSES:
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*([loss] if name.startswith("plateau") else []))
    found[f"schedule.{name}"] = torch.tensor(rates, dtype=torch.float32)

numbers = Numbers(2)
parameters = [nn.Parameter(torch.zeros(3, 4)), nn.Parameter(torch.zeros(5))]
for parameter in parameters:
    parameter.grad = numbers.tensor(tuple(parameter.shape))
nn.utils.clip_grad_norm_(parameters, 0.5)
found["clip"] = torch.cat([p.grad.flatten() for p in parameters])

labels = torch.tensor([0, 3, 4, 1])
for name, loss in {
    "cross-entropy": lambda y: F.cross_entropy(y, labels),
    "smoothing": lambda y: F.cross_entropy(y, labels, label_smoothing=0.1),
    "nll": lambda y: F.nll_loss(y, labels),
    "mse": lambda y: F.mse_loss(y, F.one_hot(labels, 5).float()),
}.items():
    outputs = (Numbers(3).tensor((4, 5)) * 3).requires_grad_()
    value = loss(outputs)
    value.backward()
    found[f"loss.{name}.value"] = value.detach().reshape(1)
    found[f"loss.{name}.gradient"] = outputs.grad

for name, momentum in [("norm", 0.1), ("mean-norm", None)]:
    numbers = Numbers(4)
    norm = nn.BatchNorm2d(3, momentum=momentum)
    means, variances = [], []
    for _ in range(STEPS):
        norm(numbers.tensor((4, 3, 2, 5)))
        means.append(norm.running_mean.clone())
        variances.append(norm.running_var.clone())
    found[f"{name}.mean"], found[f"{name}.variance"] = torch.stack(means), torch.stack(variances)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.fc = nn.Linear(36, 5)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(F.relu(self.conv2(x) + x), 2)
        return self.fc(x.flatten(1))


numbers = Numbers(5)
network = Small()
for name, tensor in network.state_dict().items():
    if name.endswith(("weight", "bias")) and "bn" not in name:
        tensor.copy_(numbers.tensor(tuple(tensor.shape)) * 0.5)
optimizer = optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
losses = []
for step in range(STEPS):
    batch = numbers.tensor((6, 1, 6, 6))
    labels = torch.tensor([(step + n) % 5 for n in range(6)])
    optimizer.zero_grad()
    loss = F.cross_entropy(network(batch), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
found["network.losses"] = torch.tensor(losses)
for name, tensor in network.state_dict().items():
    if name.split(".")[-1] != "num_batches_tracked":
        found[f"network.{name}"] = tensor

save_file(
    {name: tensor.detach().contiguous().clone() for name, tensor in found.items()},
    pathlib.Path(__file__).with_name("learning.safetensors"), metadata={"torch": torch.__version__})
print(len(found), "tensors,", sum(t.numel() for t in found.values()), "numbers, torch", torch.__version__)
