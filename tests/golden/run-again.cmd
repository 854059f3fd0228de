saturn run -q -o r --quick tiny.yaml >first
saturn run -o r --quick tiny.yaml 2>talk | cmp first - && cat first
sed 's/-[0-9a-f]*:/-HASH:/' talk
# A run's own configuration is that run.
for run in r/tiny/seed=*; do
    saturn run -q -o other $run/config.yaml
    name=$(basename $run)
    cmp $run/metrics.json other/tiny/$name/metrics.json && echo same metrics
    cmp $run/checkpoints/step-00000002.safetensors \
        other/tiny/$name/checkpoints/step-00000002.safetensors &&
        echo same parameters
done
