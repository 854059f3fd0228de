saturn run --list tiny.yaml
saturn run --list --quick --json tiny.yaml
saturn run --list --index 2 tiny.yaml
saturn run --list --index 4 tiny.yaml
