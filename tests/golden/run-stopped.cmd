# Longer than any machine needs for the time it is given.
saturn run --max-time 1s -s train.steps=1000000000 -s seed=1 \
    -s model.norm=pre tiny.yaml 2>talk; echo $?
sed -e 's/-[0-9a-f]*[.:]/-HASH:/' -e 's/[0-9]* of/N of/' talk
ls results/tiny | sed 's/-[0-9a-f]*[.]/-HASH./'
saturn list runs
