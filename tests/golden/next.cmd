printf '\na\na a b\na b\nb\n' | saturn language anbn next
printf 'a a b\n' | saturn language anbn next --json
