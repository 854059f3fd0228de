# A page is of full runs: quick ones are smaller than what its rows say.
cat >page.yaml <<'PAGE'
page: p
title: t
rows:
  - row: 1
    about: a
    exact:
      - {item: six steps, of: tiny, metric: steps, paper: 6}
      - {item: no number, of: tiny, metric: steps.none, paper: 6}
PAGE
page() { saturn report --page page.yaml -o page "$@"; echo "exit $?"; tail -n +2 page/rows.csv; }
saturn run -q --quick tiny.yaml >/dev/null
page results 2>&1
saturn run -q tiny.yaml >/dev/null
page results 2>&1
# A run's own settings are as quick as the run.
quick=$(grep -l '"scale": "quick"' results/tiny/*/manifest.json | head -n 1)
saturn run -q -o again "$(dirname "$quick")/config.yaml"
page again 2>&1 | grep passed
# Seeds alone make no run quick.
sed 's/^  train.steps: 2$//; s/steps == 2/steps == 6/' tiny.yaml >seeds.yaml
saturn run -q -o seeds --quick seeds.yaml >/dev/null
page seeds 2>&1
