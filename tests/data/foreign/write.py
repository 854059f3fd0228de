#!/usr/bin/env python3
"""Writes tiny.safetensors, a network of tests/golden/files/tiny.yaml, with
plain struct code: another writer than ours, without metadata, in PyTorch's
names, F32, its tensors not in the order of their names."""
import json
import struct
import sys

D = 4
SHAPES = {"embedding.token": [3, D], "classifier.weight": [1, D],
          "classifier.bias": [1]}
for part in ("attention", "feedforward"):
    SHAPES[f"layers.0.{part}.norm.weight"] = [D]
    SHAPES[f"layers.0.{part}.norm.bias"] = [D]
for linear in ("attention.query", "attention.key", "attention.value",
               "attention.output", "feedforward.up", "feedforward.down"):
    SHAPES[f"layers.0.{linear}.weight"] = [D, D]
    SHAPES[f"layers.0.{linear}.bias"] = [D]

header, data, n = {}, b"", 0
for name, shape in SHAPES.items():
    count = shape[0] * (shape[1] if len(shape) > 1 else 1)
    values = [((n + i) * 37 % 101 - 50) / 64 for i in range(count)]
    n += count
    begin = len(data)
    data += struct.pack(f"<{count}f", *values)
    header[name] = {"dtype": "F32", "shape": shape,
                    "data_offsets": [begin, len(data)]}
text = json.dumps(header).encode()
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + data)
