saturn run --dry-run --set train.batch=full tiny.yaml | sed "s|[0-9]* MiB|N MiB|"
saturn run --dry-run --json --quick --set sweep.model.norm=none tiny.yaml | sed 's|"memory": [0-9]*|"memory": N|'
[ ! -e results ]
