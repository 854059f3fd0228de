#!/bin/sh
# Runs every command of the README's sh blocks, in order, in a folder of its
# own, except what builds or takes minutes: those lines are what CI calls.
top=$(cd "${srcdir:-.}" && pwd)
build=$(pwd)
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

sed -n '/^```sh$/,/^```$/{/^```/!p;}' "$top/README.md" |
    grep -v -e '^\./bootstrap' -e '^make ' -e '^sudo ' >"$scratch/commands"
[ -s "$scratch/commands" ] || { echo "the README shows no command"; exit 1; }

cd "$scratch" || exit 99
ln -s "$build/saturn" saturn
ln -s "$top/languages" languages
ln -s "$top/experiments" experiments
mkdir results
ln -s "$top/results/full" results/full
sh -eux commands </dev/null || exit 1

# Every language and experiment shown is sound.
awk '/^```yaml$/ { n++; on = 1; next } /^```$/ { on = 0 }
     on { print > sprintf("shown-%d.yaml", n) }' "$top/README.md"
for shown in shown-*.yaml; do
    ./saturn check "$shown" || exit 1
done

# The README explains every column of every table of a run; those of layers,
# tensors and bins it shows by an example.
unexplained=$(for table in results/*/*/*.csv; do head -n 1 "$table"; done |
    tr ',' '\n' | sed 's/:.*//' | sort -u | grep -v -e '^[0-9]' -e '[.=]' |
    while read -r column; do
        grep -q "\`$column\`" "$top/README.md" || echo "$column"
    done)
[ -z "$unexplained" ] || { echo "README: what is $unexplained?"; exit 1; }

# What the paper's page says of the full experiments is what their rows say:
# its parts 27 and 30 read nothing else that a training run writes.
./saturn report --page experiments/paper/page.yaml -o page results/growth ||
    exit 1
ours() { sed -n '/^## 27\./,/^## 28\./p;/^## 30\./,$p' "$1" | tr -s ' '; }
ours page/README.md | grep '^| [^-]' | grep -v OPEN >said
[ -s said ] || { echo "the page says nothing"; exit 1; }
ours "$top/results/paper/README.md" >committed
while read -r line; do
    grep -qxF "$line" committed || { echo "results/paper: $line"; exit 1; }
done <said
