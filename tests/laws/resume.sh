#!/bin/sh
# A run is a function of its configuration: killed with SIGKILL and taken up
# again, any number of times, it ends in the same bytes as one left alone; so
# it does on 1, 2, 3 and 7 threads.  Manifests are left out: they tell times,
# threads and how often a run was taken up.  KILLS is how many to aim for.
top=$(cd "${srcdir:-.}" && pwd)
saturn=${SATURN:-$(pwd)/saturn}
kills=${KILLS:-8}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
[ -x "$saturn" ] || { echo "no $saturn"; exit 99; }
cd "$work" || exit 99
ln -s "$top/languages" languages
cat >run.yaml <<'YAML'
experiment: law
language: dyck-1
data:
  train: {count: 200, length: 2..12}
  validation: {count: 40, length: 2..12}
  test: {count: 40, length: [2..12, 14..16]}
  negatives: {uniform: 1/2, same-counts: 1/2}
model: {n_layers: 1, d_model: 16, n_heads: 2, d_ff: 16, dropout: 0.1}
train:
  batch: 32
  rate: 0.1
  steps: 2000
  record: {log: 60}
  probe: {log: 8}
  checkpoint: {every: 100}
saturation: {scales: [1, 10]}
verify: {exhaustive: 200, samples: 30}
YAML
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

begun=$(date +%s%N)
"$saturn" run -q -j 1 -o whole run.yaml || fail "the undisturbed run"
whole=$(($(date +%s%N) - begun))

# Each try lives for some hundredths of the time the whole run took, a little
# longer than the one before it, from nothing on.
n=0
try=0
while [ $try -lt 200 ]; do
    try=$((try + 1))
    threads=$((try % 3 + 1))
    "$saturn" run -q -j $threads -o killed run.yaml 2>err &
    pid=$!
    if [ $n -lt "$kills" ]; then
        sleep "$(awk "BEGIN { print $whole / 1e9 * (0.05 + 0.07 * ($try % 8)) }")"
        kill -9 $pid 2>/dev/null
    fi
    wait $pid 2>/dev/null
    status=$?
    [ $status = 0 ] && break
    [ $status = 137 ] || fail "status $status: $(cat err)"
    n=$((n + 1))
done
[ $n -gt 2 ] || fail "killed $n times, which is no test"
diff -r -x manifest.json whole killed || fail "killed $n times"
echo "killed $n times: $(find killed -type f | wc -l) files"

# What Adam remembers is in the checkpoint: killed once it has one, and once
# it has a newer one.
adam="-s train.optimizer=adam -s train.rate=0.003"
"$saturn" run -q -j 1 $adam -o adam run.yaml || fail "the run of Adam"
touch before
for part in first second; do
    "$saturn" run -q -j 2 $adam -o adam-killed run.yaml 2>err &
    pid=$!
    while kill -0 $pid 2>/dev/null &&
        [ -z "$(find adam-killed/law/*/checkpoints -name '*.safetensors' \
            -newer before 2>/dev/null)" ]; do
        sleep 0.01
    done
    kill -9 $pid 2>/dev/null
    touch before
    wait $pid 2>/dev/null
    [ $? = 137 ] || fail "Adam was not killed"
    grep -q optimizer.exp_avg_sq adam-killed/law/*/checkpoints/* ||
        fail "no moments in the checkpoint of Adam"
done
"$saturn" run -q -j 1 $adam -o adam-killed run.yaml || fail "Adam again"
diff -r -x manifest.json adam adam-killed || fail "Adam was killed twice"

# A signal that asks is answered by a checkpoint and status 75.
for signal in INT TERM USR1; do
    "$saturn" run -q -j 2 -s train.steps=100000 -o "asked-$signal" run.yaml \
        2>err &
    pid=$!
    sleep 0.5
    kill -s $signal $pid
    wait $pid
    [ $? = 75 ] || fail "$signal: $(cat err)"
    [ -n "$(find "asked-$signal" -name '*.safetensors')" ] ||
        fail "$signal left no checkpoint"
done

# What one engine began no other goes on with: their bits differ.
begun=$("$saturn" --version | sed -n 's/^engine: //p')
if [ "$begun" != "float generic" ]; then
    manifest=$(echo asked-INT/law/*.partial/manifest.json)
    SATURN_ISA=generic "$saturn" run -q -s train.steps=100000 -o asked-INT \
        run.yaml 2>err
    [ $? = 2 ] || fail "another engine went on"
    grep -q "begun with the engine $begun, and this is float generic" err ||
        fail "another engine: $(cat err)"
    grep -q "\"engine\": \"$begun\"" "$manifest" || fail "engine lost"
fi

# One directory, two processes: the second says so and leaves.
"$saturn" run -q -s train.steps=100000 -o both run.yaml 2>err &
pid=$!
sleep 0.5
"$saturn" run -q -s train.steps=100000 -o both run.yaml 2>second
[ $? = 75 ] || fail "two processes: $(cat second)"
kill -9 $pid
wait $pid 2>/dev/null

for threads in 1 2 3 7; do
    "$saturn" run -q -j $threads -o "threads-$threads" run.yaml ||
        fail "$threads threads"
    diff -r -x manifest.json whole "threads-$threads" ||
        fail "$threads threads differ"
    sum=$(sha256sum <"$(echo "threads-$threads"/law/*/checkpoints/*2000.*)")
    echo "${sum%% *}  $threads threads" >>sums
done
cat sums
[ "$(cut -d ' ' -f 1 sums | sort -u | wc -l)" = 1 ] ||
    fail "checksums over threads"
exit $failed
