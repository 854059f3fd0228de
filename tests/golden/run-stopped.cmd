# Longer than any machine needs for the time it is given; that is more and more
# until it is enough to come to the first step.
for time in 1s 4s 16s 64s; do
    saturn run --max-time $time -s train.steps=1000000000 -s seed=1 \
        -s model.norm=pre tiny.yaml 2>talk
    status=$?
    grep -q 'stopped after' talk && break
done
echo $status
sed -e '/%  step /d' -e 's/-[0-9a-f]*[.:]/-HASH:/' -e 's/[0-9]* of/N of/' talk
ls results/tiny | sed 's/-[0-9a-f]*[.]/-HASH./'
saturn list runs
