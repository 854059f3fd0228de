saturn run --dry-run --set train.batch=full tiny.yaml | sed "s|[0-9]* MiB|N MiB|"
saturn run --dry-run --json --quick --set sweep.model.norm=none tiny.yaml | sed 's|"memory": [0-9]*|"memory": N|'
[ ! -e results ]
# Of a text there are no more strings than it has.
for i in 1 2 3 4 5 6 7 8 9; do echo the cat sat on the mat; done >book.txt
cat >text.yaml <<'YAML'
experiment: text
data:
  corpus: {file: book.txt, vocabulary: 9, context: 4, validation: 1/5, test: 1/5}
  validation: {count: 2}
  test: {count: 2}
train: {batch: 2, rate: 0.1, steps: 2}
YAML
saturn run --dry-run text.yaml | sed "s|[0-9]* MiB|N MiB|"
saturn run --dry-run text.yaml | awk '{ print $(NF - 1) < 1000 }'
saturn run -q text.yaml
grep -h '"dataset.train.strings"' results/text/*/metrics.json
