# Draws are a function of seed and index: a longer list begins as a shorter.
saturn language dyck-1 draw --length 10 --count 3 >three
saturn language dyck-1 draw --length 10 --count 9 | head -n 3 | cmp three -
saturn language dyck-1 draw --length 10 --count 3 --seed 2 | cmp -s three - &&
    echo "seeds do not matter"
# Every kind keeps its promise.
saturn language dyck-1 test <three
for kind in uniform edit-1 edit-3 same-counts; do
    saturn language dyck-1 draw -l 8 -n 50 --negative $kind |
        tee drawn | saturn language dyck-1 test | sort | uniq -c
    awk 'NF != 8' drawn
done
saturn language anbn draw -l 4 --json
