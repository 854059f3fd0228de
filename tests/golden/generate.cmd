saturn generate -o data tiny.yaml
(cd data && ls && wc -l *.tsv)
head -n 1 data/train.tsv
# Labels are the truth, lengths are the lengths.
cut -f 1 data/test-1.tsv | tail -n +2 | saturn language majority test >truth
cut -f 2 data/test-1.tsv | tail -n +2 | cmp truth -
awk -F '\t' 'NR > 1 && split($1, s, " ") != $3' data/*.tsv
awk -F '\t' 'NR > 1 { print ($2 == 1) == ($4 == "members") }' data/*.tsv |
    sort -u
cut -d '"' -f 2,6,8,10 data/validation.jsonl | sort -u | head -n 1
saturn generate tiny.yaml; echo $?
saturn generate -o data --index 4 tiny.yaml; echo $?
# One thread or two, the same bytes; where tokens are asked, no shortcuts.
saturn generate -q -j1 -o one tiny.yaml >table
saturn generate -q -j2 -o two --json tiny.yaml | grep -c shortcuts
diff -r one two && diff -r one data && echo same
saturn generate -q -o next --set data.objective=next-set tiny.yaml
saturn generate -o x --format csv tiny.yaml; echo $?
