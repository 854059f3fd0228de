# The value that a command's help gives as an example is one that it takes.
example() {
    saturn $1 --help | sed -n 's/^ *-s, --set=KEY=VALUE .*: //p' | tr -d \'
}
saturn run -q --quick -j 1 --set 'sweep.model.norm=[pre]' tiny.yaml >said
run=$(echo results/tiny/*/)
try() {
    command=$1
    shift
    saturn $command -q --set "$(example $command)" "$@" \
        >said 2>&1 </dev/null || { echo "$command:"; cat said; }
}
try run --dry-run tiny.yaml
try generate tiny.yaml -o data
try homogeneity tiny.yaml
try bench tiny.yaml --seconds 0.01
try logits $run
try verify $run
try saturate $run
try heads $run
try language dyck-2-depth count 0..4
printf '{"text": "( )", "label": 1}\n' >mine.jsonl
try import -l dyck-2-depth mine.jsonl
saturn check --set train.rate=0.1 tiny.yaml
saturn check --set D=5 languages/dyck-2-depth.yaml
saturn scaling --help | grep -e '--set='
# What takes no file takes no value of it.
saturn list --set train.rate=0.1 languages; echo $?
saturn report --set train.rate=0.1; echo $?
saturn growth --set train.rate=0.1; echo $?
