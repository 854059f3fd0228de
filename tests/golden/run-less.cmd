# Verdicts are of all runs of the file: what runs less leaves them alone.
saturn run -q tiny.yaml >first; cut -d ' ' -f 1 results/tiny/claims.txt
run=$(ls -d results/tiny/seed=1,model.norm=pre-*)
saturn run "$run/config.yaml" 2>&1 | sed 's/-[0-9a-f]*:/-HASH:/'
saturn run -q --set sweep.seed=2 tiny.yaml
saturn run --set sweep.seed=7 tiny.yaml 2>&1 | grep claims.txt
tail -n +2 first | cmp - results/tiny/claims.txt && echo kept
# More, or the same in other words, is not less.
saturn run -q --set sweep.seed=1..3 --set train.steps=6 tiny.yaml | tail -n 1
tail -n 1 results/tiny/claims.txt
