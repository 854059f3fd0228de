cat >page.yaml <<'PAGE'
page: p
title: Steps against their closed forms
rows:
  - row: 1
    about: Their rates
    exact:
      - {item: ratio, of: dynamics, metric: ratio, paper: 1, within: 0.2}
    claim:
      - {item: of a run, of: tiny, that: "norm.ratio > 1"}
figures:
  - {figure: f, title: t, rows: [1], panels: [{title: p, x: s, y: n, curves: [{title: c, of: tiny, x: step, y: norm}]}]}
PAGE
saturn check page.yaml; echo $?
sed 's/norm.ratio > 1/norm.rato/; s/within: 0.2/within: wide/' page.yaml >bad.yaml
saturn check bad.yaml; echo $?
ls
