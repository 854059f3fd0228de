#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes schedules.txt: the rates of torch.optim.lr_scheduler, and those of
the forms in schedulers.py of the paper's code through its LambdaLR."""
import math
import torch
from torch.optim import lr_scheduler as scheduler

STEPS, WARMUP, HOLD, RATE = 60, 9, 20, 0.3


def warm(optimizer):
    return scheduler.LinearLR(optimizer, start_factor=1 / WARMUP,
                              end_factor=1, total_iters=WARMUP - 1)


def published_sqrt(t):
    return 1 if t < HOLD else math.sqrt(HOLD / t)


def published_linear(t):
    if t < HOLD:
        return 1
    return 1 + (t - HOLD) * (0.1 - 1) / (STEPS - HOLD)


def lambdas(form):
    return lambda o: scheduler.LambdaLR(o, form)


FORMS = {
    "constant": lambda o: scheduler.ConstantLR(o, factor=1),
    "inverse-sqrt": lambdas(lambda t: (t + 1) ** -0.5),
    "linear": lambda o: scheduler.LinearLR(o, 1, 0, STEPS),
    "cosine": lambda o: scheduler.CosineAnnealingLR(o, STEPS),
    "published-sqrt": lambdas(published_sqrt),
    "published-linear": lambdas(published_linear),
}

for name, form in FORMS.items():
    for warmup in (0, WARMUP):
        if warmup and name.startswith(("inverse", "published")):
            continue            # LambdaLR cannot be chained
        parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
        optimizer = torch.optim.SGD([parameter], lr=RATE)
        chain = [form(optimizer)] + ([warm(optimizer)] if warmup else [])
        chained = scheduler.ChainedScheduler(chain)
        rates = []
        for t in range(STEPS):
            rates.append("%.17g" % optimizer.param_groups[0]["lr"])
            optimizer.step()
            chained.step()
        print(name, warmup, *rates)
