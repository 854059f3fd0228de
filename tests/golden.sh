#!/bin/sh
# Golden tests of the command line: every tests/golden/NAME.cmd is run in a
# folder of its own and compared with NAME.out: standard output, then a line
# "--- stderr" and standard error, then "--- exit STATUS".  UPDATE=1 writes
# the .out files anew; read the difference before you commit it.
top=$(cd "${srcdir:-.}" && pwd)
saturn=${SATURN:-$(pwd)/saturn}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
[ -x "$saturn" ] || { echo "no $saturn"; exit 99; }

mkdir "$work/bin"
ln -s "$saturn" "$work/bin/saturn"
PATH=$work/bin:$PATH
LC_ALL=C
export PATH LC_ALL

passed=0
failed=0
for cmd in "$top"/tests/golden/${1:-*}.cmd; do
    name=$(basename "$cmd" .cmd)
    expected=$top/tests/golden/$name.out
    mkdir "$work/$name"
    cp -R "$top/tests/golden/files/." "$work/$name"
    ln -s "$top/languages" "$work/$name/languages"
    (
        cd "$work/$name" || exit 99
        sh "$cmd" >"$work/$name.stdout" 2>"$work/$name.stderr" </dev/null
        echo "--- exit $?" >"$work/$name.status"
    )
    {
        cat "$work/$name.stdout"
        echo "--- stderr"
        cat "$work/$name.stderr" "$work/$name.status"
    } >"$work/$name.got"
    [ -z "$UPDATE" ] || cp "$work/$name.got" "$expected"
    if diff -u "$expected" "$work/$name.got"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
    fi
done
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
