# What is written is read again as it was, in every format.
saturn generate -q -o data --format jsonl,tsv,flare tiny.yaml >table
saturn import -l majority data data/train.jsonl data/train.tsv; echo $?
saturn import -q -l majority data -o flare --format flare,jsonl >said
for split in . datasets/test-0 datasets/test-1 datasets/validation; do
    for file in main.tok labels.txt next-symbols.jsonl; do
        cmp data/$split/$file flare/$split/$file
    done
done
saturn import -q -l majority data/train.jsonl -o again --format jsonl >said
cmp data/train.jsonl again/train.jsonl
saturn import -q -l majority data/train.tsv -o again --format tsv >said
cmp data/train.tsv again/train.tsv
# One label turned round.
sed '2s/"label": 1/"label": 0/; 2t
     2s/"label": 0/"label": 1/' data/train.jsonl >turned.jsonl
saturn import -l majority turned.jsonl | sed 's/label [01], .*/label .../'
saturn import -l majority --json turned.jsonl 2>said | grep wrong_labels
# What is written is corrected, class and all, and that is said, --quiet or not.
saturn import -q -l majority turned.jsonl -o mended; echo $?
cmp data/train.jsonl mended/turned.jsonl
{
    echo '{"text": "0 1 1", "label": 0, "class": "edit-1", "distance": 1}'
    echo '{"text": "0", "label": 1, "class": "members", "distance": 0}'
    echo '{"text": "0 0", "label": 0, "class": "edit-2", "distance": 2}'
    echo '{"text": "1", "label": 1, "class": "easy", "distance": 0}'
} >classes.jsonl
saturn import -q -l majority classes.jsonl -o mended >said; echo $?
cat mended/classes.jsonl
sed 's/"e": *true/"e": false/' data/train.jsonl >sets.jsonl
saturn import -q -l majority sets.jsonl -o mended >said
cmp data/train.jsonl mended/sets.jsonl
saturn import -q -l majority sets.jsonl -o mended --format tsv >said
# One string, and a symbol that is none.
printf '{"text": "0 1 1", "label": 1}\n{"text": "0 zwei"}\n' >mine.jsonl
head -n 1 mine.jsonl >one.jsonl
saturn import -l majority one.jsonl
saturn import -l majority mine.jsonl; echo $?
saturn import data; echo $?
saturn import -l majority --from wild data; echo $?
saturn import -l majority --format tsv data; echo $?
saturn import -l majority --format wild -o x data; echo $?
saturn import -l majority nothing.tsv; echo $?
