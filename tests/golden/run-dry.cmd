saturn run --dry-run --set train.batch=full tiny.yaml
saturn run --dry-run --json --quick --set sweep.model.norm=none tiny.yaml
[ ! -e results ]
