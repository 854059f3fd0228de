#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variants of the transformer in PyTorch: logits, loss and gradients in
double, for tests/laws/test_torch.c.  `make golden` writes variants.txt.

Parameter k of a network, counted through its tensors as they are listed, is
((7919 k + 13) mod 2003 - 1001) / 2048, gains one more: exact in float.
"""

import math
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SYMBOLS = 3
STRINGS = [[], [0], [2, 1, 0], [1, 1, 0, 2, 0]]
MAX_LENGTH = 5

STANDARD = dict(n_layers=1, d_model=6, n_heads=2, d_ff=4, norm="pre",
                affine="both", final_norm="auto", positions="none",
                position_map="false", mask="causal", scores="scaled",
                activation="relu", readout="last", bias="true",
                classifier_bias="true", epsilon=1e-5, max_length=MAX_LENGTH,
                objective="membership")

LIST = "[i/n, (i/n)^2, (-1)^i]"

VARIANTS = [
    dict(n_layers=2),
    dict(n_layers=2, norm="post"),
    dict(n_layers=2, norm="output", bias="false"),
    dict(n_layers=2, norm="none", positions="learned"),
    dict(mask="full", positions="sinusoidal"),
    dict(n_layers=2, mask="strict", norm="post", positions="sinusoidal",
         position_map="true"),
    # of the last layer one token is read, which masks may not tell apart
    dict(n_layers=2, mask="zero", norm="output", positions="learned"),
    dict(n_layers=2, mask="zero", norm="output", scores="plain", bias="false",
         positions="learned", final_norm="never"),
    dict(affine="none", norm="post", positions=LIST),
    dict(affine="none", positions=LIST, position_map="true", mask="full"),
    dict(activation="tanh", norm="none", final_norm="always"),
    dict(activation="tanh", scores="plain", final_norm="never"),
    dict(epsilon=1e-2, norm="output", classifier_bias="false",
         positions="[(-1)^i]"),
    dict(readout="begin", mask="full", norm="post", positions="learned"),
    dict(readout="mean", mask="strict", norm="pre", bias="false"),
    dict(objective="prefix-membership", norm="post", positions="learned"),
    dict(objective="next-set", norm="output", activation="tanh"),
    dict(objective="next-token", norm="pre", mask="causal"),
    dict(objective="next-token", norm="post", mask="strict", scores="plain",
         n_heads=1),
]


class Norm(nn.LayerNorm):
    def __init__(self, v):
        super().__init__(v["d_model"], eps=v["epsilon"],
                         elementwise_affine=v["affine"] == "both")


class Attention(nn.Module):
    def __init__(self, v):
        super().__init__()
        d, bias = v["d_model"], v["bias"] == "true"
        self.v = v
        self.query = nn.Linear(d, d, bias)
        self.key = nn.Linear(d, d, bias)
        self.value = nn.Linear(d, d, bias)
        self.output = nn.Linear(d, d, bias)

    def forward(self, x):
        n, d = x.shape
        heads = self.v["n_heads"]
        q, k, z = (f(x).view(n, heads, d // heads).transpose(0, 1)
                   for f in (self.query, self.key, self.value))
        scores = q @ k.transpose(1, 2)
        if self.v["scores"] == "scaled":
            scores = scores / math.sqrt(d // heads)
        i, j = torch.arange(n)[:, None], torch.arange(n)[None, :]
        mask = self.v["mask"]
        if mask == "zero":
            weights = F.softmax((j <= i) * scores, dim=-1)
        else:
            seen = {"causal": j <= i, "strict": j < i,
                    "full": j == j}[mask].expand(n, n)
            weights = F.softmax(scores.masked_fill(~seen, -1e300), dim=-1)
            weights = weights * seen.any(1)[:, None]
        return self.output((weights @ z).transpose(0, 1).reshape(n, d))


class Feedforward(nn.Module):
    def __init__(self, v):
        super().__init__()
        bias = v["bias"] == "true"
        self.up = nn.Linear(v["d_model"], v["d_ff"], bias)
        self.down = nn.Linear(v["d_ff"], v["d_model"], bias)
        self.activation = {"relu": F.relu, "tanh": torch.tanh}[v["activation"]]

    def forward(self, x):
        return self.down(self.activation(self.up(x)))


class Branch(nn.Module):
    def __init__(self, v, body):
        super().__init__()
        self.placement = v["norm"]
        self.body = body
        self.norm = None if v["norm"] == "none" else Norm(v)

    def forward(self, x):
        if self.placement == "pre":
            return x + self.body(self.norm(x))
        if self.placement == "post":
            return self.norm(x + self.body(x))
        if self.placement == "output":
            return x + self.norm(self.body(x))
        return x + self.body(x)


def outputs_of(v):
    return SYMBOLS + 1 if v["objective"].startswith("next") else 1


class Network(nn.Module):
    def __init__(self, v):
        super().__init__()
        d = v["d_model"]
        self.v = v
        self.token = nn.Embedding(SYMBOLS + 1, d)
        if v["positions"] == "learned":
            self.position = nn.Embedding(MAX_LENGTH + 1, d)
        if v["position_map"] == "true":
            self.map = nn.Linear(self.features(1).shape[1], d, bias=False)
        layers = []
        for _ in range(v["n_layers"]):
            layers += [Branch(v, Attention(v)), Branch(v, Feedforward(v))]
        self.branches = nn.Sequential(*layers)
        self.final = (Norm(v) if v["final_norm"] == "always" or
                      v["final_norm"] == "auto" and v["norm"] == "pre"
                      else nn.Identity())
        self.classifier = nn.Linear(d, outputs_of(v),
                                    v["classifier_bias"] == "true")

    def features(self, n):
        i, d = torch.arange(n).double(), self.v["d_model"]
        if self.v["positions"] == "sinusoidal":
            angle = i[:, None] / 10000 ** (2 * torch.arange(d // 2) / d)
            return torch.stack([angle.sin(), angle.cos()], 2).view(n, d)
        columns = {"i/n": i / n, "(i/n)^2": (i / n) ** 2,
                   "(-1)^i": (-1.0) ** i}
        names = self.v["positions"].strip("[]").split(", ")
        return torch.stack([columns[name] for name in names], 1)

    def encode(self, string):
        tokens = torch.tensor([SYMBOLS] + string)
        n = len(tokens)
        x = self.token(tokens)
        if self.v["positions"] == "learned":
            x = x + self.position(torch.arange(n))
        elif self.v["position_map"] == "true":
            x = x + self.map(self.features(n))
        elif self.v["positions"] != "none":
            f = self.features(n)
            x = x + F.pad(f, (0, self.v["d_model"] - f.shape[1]))
        return self.final(self.branches(x))

    def forward(self, string):
        x = self.encode(string)
        if self.v["objective"] == "membership":
            x = {"last": x[-1:], "begin": x[:1],
                 "mean": x.mean(0, keepdim=True)}[self.v["readout"]]
        return self.classifier(x)

    def named(self):
        """Tensors under Saturn's names."""
        out = [("embedding.token", self.token.weight)]
        if self.v["positions"] == "learned":
            out.append(("embedding.position", self.position.weight))
        if self.v["position_map"] == "true":
            out.append(("embedding.position_map", self.map.weight))
        for b, branch in enumerate(self.branches):
            name = "layers.%d.%s" % (b // 2,
                                     ["attention", "feedforward"][b % 2])
            out += [(name + "." + k, p)
                    for k, p in branch.body.named_parameters()]
            if branch.norm is not None:
                out += [(name + ".norm." + k, p)
                        for k, p in branch.norm.named_parameters()]
        out += [("final_norm." + k, p)
                for k, p in self.final.named_parameters()]
        out += [("classifier." + k, p)
                for k, p in self.classifier.named_parameters()]
        return out

    def fill(self):
        k = 0
        for name, p in self.named():
            flat = [((7919 * (k + e) + 13) % 2003 - 1001) / 2048
                    for e in range(p.numel())]
            k += p.numel()
            p.data = torch.tensor(flat).view(p.shape)
            if name.endswith("norm.weight"):
                p.data += 1


def target_bytes(v):
    """A byte a string, or a byte a token: see data/objective.h."""
    rows = (len(STRINGS) if v["objective"] == "membership"
            else sum(len(s) + 1 for s in STRINGS))
    most = 16 if v["objective"] == "next-set" else 2
    return [(5 * i + i * i + 1) // 2 % most for i in range(rows)]


def loss_of(v, logits, targets):
    z = torch.cat(logits)
    if v["objective"] == "next-token":
        following = torch.tensor([k for s in STRINGS for k in s + [SYMBOLS]])
        kept = torch.tensor(targets) == 1
        return F.cross_entropy(z[kept], following[kept])
    bits = [[t >> k & 1 for k in range(outputs_of(v))] for t in targets]
    return F.binary_cross_entropy_with_logits(z,
                                              torch.tensor(bits).double())


def check_against_torch(v, network):
    """Where PyTorch has the very layer, ours is that one."""
    if (v["norm"] not in ("pre", "post") or v["bias"] == "false" or
            v["affine"] == "none" or v["activation"] != "relu" or
            v["scores"] != "scaled" or v["mask"] not in ("causal", "full")):
        return False
    d = v["d_model"]
    for string in STRINGS:
        n = len(string) + 1
        x = y = torch.sin(torch.arange(n * d)).view(n, d)
        hide = torch.full((n, n), -math.inf).triu(1)
        for l in range(v["n_layers"]):
            a, f = network.branches[2 * l], network.branches[2 * l + 1]
            layer = nn.TransformerEncoderLayer(
                d, v["n_heads"], v["d_ff"], 0, layer_norm_eps=v["epsilon"],
                norm_first=v["norm"] == "pre")
            maps = (a.body.query, a.body.key, a.body.value)
            layer.load_state_dict({
                "self_attn.in_proj_weight": torch.cat([m.weight for m in maps]),
                "self_attn.in_proj_bias": torch.cat([m.bias for m in maps]),
                "self_attn.out_proj.weight": a.body.output.weight,
                "self_attn.out_proj.bias": a.body.output.bias,
                "linear1.weight": f.body.up.weight,
                "linear1.bias": f.body.up.bias,
                "linear2.weight": f.body.down.weight,
                "linear2.bias": f.body.down.bias,
                "norm1.weight": a.norm.weight, "norm1.bias": a.norm.bias,
                "norm2.weight": f.norm.weight, "norm2.bias": f.norm.bias})
            y = layer(y[:, None], hide if v["mask"] == "causal" else None)[:, 0]
        assert torch.allclose(network.branches(x), y, 1e-12, 1e-12)
    return True


def numbers(tensor):
    return " ".join("%.13g" % x for x in tensor.flatten().tolist())


def main():
    checked = 0
    print("# by variants.py, PyTorch", torch.__version__.split("a")[0])
    for change in VARIANTS:
        v = dict(STANDARD, **change)
        network = Network(v)
        network.fill()
        checked += check_against_torch(v, network)
        logits = [network(s) for s in STRINGS]
        targets = target_bytes(v)
        loss = loss_of(v, logits, targets)
        loss.backward()
        shown = {k: x for k, x in v.items() if k != "objective"}
        print("variant", ", ".join("%s %s" % i for i in change.items()))
        print("model {%s}" % ", ".join("%s: %s" % i for i in shown.items()))
        print("objective", v["objective"])
        print("targets", " ".join(map(str, targets)))
        print("logits", numbers(torch.cat(logits)))
        print("loss %.13g" % loss.item())
        for name, p in network.named():
            print("gradient", name, numbers(p.grad))
        print("end")
    assert checked >= 4


main()
