saturn check --print --quick tiny.yaml | grep -e steps: -e sweep
