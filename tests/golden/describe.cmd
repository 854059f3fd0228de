saturn language d-4 describe | head -n 2
saturn language d-4 describe --json | head -n 2
