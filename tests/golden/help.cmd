saturn --help
