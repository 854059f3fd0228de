saturn check tiny.yaml languages/*.yaml
