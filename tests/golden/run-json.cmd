saturn run -q --json --quick --set model.norm=pre tiny.yaml |
    sed 's/-[0-9a-f]*"/-HASH"/'
