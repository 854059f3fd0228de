saturn check --json tiny.yaml languages/dyck-1.yaml
