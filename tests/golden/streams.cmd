# A full disk, a closed stream, a reader that has gone.
saturn language dyck-1 count 0..9 >/dev/full; echo $?
saturn --help >/dev/full; echo $?
saturn language dyck-1 draw -l 8 -n 100000 >/dev/full; echo $?
saturn language dyck-1 count 0..9 >&-; echo $?
saturn run -q --set seed=1 --set model.norm=pre tiny.yaml >&-; echo $?
ls results/tiny | sed 's/-[0-9a-f]*$//'
saturn language dyck-1 test <&-; echo $?
saturn language dyck-1 draw -l 8 -n 100000 | head -n 1 | wc -l
