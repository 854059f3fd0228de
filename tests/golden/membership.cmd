printf '( ( ) )\n\n( )\t( )\r\n( (\n) (' | saturn language dyck-1 test
printf '( ( ) )\n( (\n) (\n' | saturn language dyck-1 test --why
printf 'a a b b\nb a\n' | saturn language anbn test --why --json
