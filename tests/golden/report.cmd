saturn run -q -j 1 --quick tiny.yaml >/dev/null
saturn report --json | grep -c experiment
saturn report --format csv | cut -d , -f 1-2 | sort -u
saturn report -o page | head -n 1 | cut -c 1-13
ls page | grep -v -e svg -e pdf
saturn report --format pdf; echo $?
saturn report nowhere; echo $?
