saturn run --dry-rnu --jsn tiny.yaml
