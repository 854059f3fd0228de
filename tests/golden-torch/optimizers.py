#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes optimizers.txt: trajectories of torch.optim in double.

The gradient at step t, from 0, is a formula the C test knows as well:
g_i = a_i theta_i + cos(0.7 t + i) / 2, a_i = (1 + i) / 10.
"""
import math
import torch

N, TENSORS = 7, ((2, 2), (3,))
SEEN = (1, 2, 3, 10, 40)
CASES = [
    ("{rate: 0.05}", "SGD", dict(lr=0.05)),
    ("{rate: 0.05, weight_decay: 0.1}", "SGD", dict(lr=0.05, weight_decay=0.1)),
    ("{rate: 0.05, optimizer: momentum}", "SGD", dict(lr=0.05, momentum=0.9)),
    ("{rate: 0.05, optimizer: momentum, momentum: 0.5, dampening: 0.3, "
     "weight_decay: 0.1}", "SGD",
     dict(lr=0.05, momentum=0.5, dampening=0.3, weight_decay=0.1)),
    ("{rate: 0.05, optimizer: nesterov, weight_decay: 0.01}", "SGD",
     dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("{rate: 0.05, optimizer: adam}", "Adam", dict(lr=0.05)),
    ("{rate: 0.05, optimizer: adam, betas: [0.7, 0.9], eps: 0.01, "
     "weight_decay: 0.1}", "Adam",
     dict(lr=0.05, betas=(0.7, 0.9), eps=0.01, weight_decay=0.1)),
    ("{rate: 0.05, optimizer: adamw}", "AdamW", dict(lr=0.05)),
    ("{rate: 0.05, optimizer: adamw, weight_decay: 0.3}", "AdamW",
     dict(lr=0.05, weight_decay=0.3)),
    ("{rate: 0.05, optimizer: rmsprop}", "RMSprop", dict(lr=0.05)),
    ("{rate: 0.05, optimizer: rmsprop, alpha: 0.8, eps: 0.001, "
     "weight_decay: 0.1}", "RMSprop",
     dict(lr=0.05, alpha=0.8, eps=0.001, weight_decay=0.1)),
    ("{rate: 0.05, clip_norm: 0.4}", "SGD", dict(lr=0.05)),
    ("{rate: 0.05, clip_value: 0.2, optimizer: momentum}", "SGD",
     dict(lr=0.05, momentum=0.9)),
]


def gradient(theta, t):
    flat = torch.cat([p.detach().flatten() for p in theta])
    g = [(1 + i) / 10 * flat[i].item() + math.cos(0.7 * t + i) / 2
         for i in range(N)]
    g = torch.tensor(g, dtype=torch.float64)
    at = 0
    for p in theta:
        p.grad = g[at:at + p.numel()].reshape(p.shape).clone()
        at += p.numel()


def run(setting, name, options):
    flat = torch.tensor([math.sin(1 + i) for i in range(N)],
                        dtype=torch.float64)
    theta = [torch.nn.Parameter(flat[:4].reshape(2, 2).clone()),
             torch.nn.Parameter(flat[4:].clone())]
    optimizer = getattr(torch.optim, name)(theta, **options)
    print(setting)
    for t in range(SEEN[-1]):
        gradient(theta, t)
        if "clip_norm" in setting:
            torch.nn.utils.clip_grad_norm_(theta, 0.4)
        if "clip_value" in setting:
            torch.nn.utils.clip_grad_value_(theta, 0.2)
        optimizer.step()
        if t + 1 in SEEN:
            flat = torch.cat([p.detach().flatten() for p in theta])
            print(t + 1, *("%.17g" % x for x in flat.tolist()))


for case in CASES:
    run(*case)
