cat >bounded.yaml <<'Y'
language: bounded-$D
params: {D: 2}
alphabet: "( )"
always: "0 <= #( - #) <= $D"
finally: "#( == #)"
counts: [1, 0, 1, 0, 2, 0, 4]
Y
saturn language ./bounded.yaml count 6..6
saturn language ./bounded.yaml count 6..6 --set D=3
saturn language ./bounded.yaml count 6..6 --set C=3; echo $?
saturn check --set D=5 ./bounded.yaml
# A run's copy of its language has the value, and is the run again.
sed -e 's|^language:.*|language: {file: ./bounded.yaml, D: 3}|' \
    -e 's|^sweep:.*||' tiny.yaml >e.yaml
saturn run -q -o r --quick e.yaml >/dev/null || exit
cat r/*/*/language.yaml
grep ^language: r/*/*/config.yaml
grep '"language"' r/*/*/manifest.json
saturn run -q -o other r/*/*/config.yaml >/dev/null
cmp r/*/*/metrics.json other/*/*/metrics.json && echo same metrics
saturn run -q -o third --quick --set language.D=4 e.yaml >/dev/null
grep ^params: third/*/*/language.yaml
