#!/bin/sh
# Bad input: every tests/data/bad/NAME.yaml is given to `saturn check`, or to
# the command in NAME.args, and must be answered by exactly NAME.said:
# standard error and the exit status; and it must leave nothing behind.
# UPDATE=1 writes the .said files anew; read the difference.
top=$(cd "${srcdir:-.}" && pwd)
saturn=${SATURN:-$(pwd)/saturn}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
[ -x "$saturn" ] || { echo "no $saturn"; exit 99; }
LC_ALL=C
export LC_ALL
passed=0
failed=0

verdict() {  # NAME STATUS: 0 is good
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}

# A folder with the languages, a file where a folder should be, and NAME.
prepare() {
    mkdir "$work/$1"
    cd "$work/$1" || exit 99
    ln -s "$top/languages" languages
    : >blocked
}

for file in "$top"/tests/data/bad/*.yaml; do
    name=$(basename "$file" .yaml)
    prepare "$name"
    cp "$file" .
    arguments=check
    [ ! -e "${file%.yaml}.args" ] || arguments=$(cat "${file%.yaml}.args")
    # shellcheck disable=SC2086
    "$saturn" $arguments "$name.yaml" >out 2>err </dev/null
    echo "exit $?" >>err
    # where it was built and installed is no part of the message
    sed -e 's|, /[^ ]*/languages/[^ ]*\.yaml||g' \
        -e 's|^results/bad/[0-9a-f]*:|results/bad/HASH:|' err >"$work/got"
    [ -z "$UPDATE" ] || cp "$work/got" "${file%.yaml}.said"
    diff -u "${file%.yaml}.said" "$work/got" && [ ! -s out ] &&
        { [ ! -e results ] || [ -z "$(find results -type f ! -path \
            '*.partial/*')" ]; }
    verdict "$name" $?
done

# A file too long for the limit, wherever in the run it is met: an error, no
# finished run, and the same command goes on once there is room.
prepare full
sed 's/steps: 4/steps: 40/' "$top/tests/data/bad/unwritable.yaml" >full.yaml
for blocks in 1 2 4 8; do
    (
        ulimit -f "$blocks"
        exec "$saturn" run -q -o results full.yaml
    ) >out 2>err
    status=$?
    [ $status = 4 ] && grep -q 'File too large' err &&
        [ -z "$(find results -type f ! -path '*.partial/*')" ]
    verdict "full disk at $blocks blocks (exit $status)" $?
done
"$saturn" run -q -o results full.yaml >out 2>err &&
    "$saturn" run -q -o whole full.yaml >out 2>err
verdict "room again" $?
diff -r -x manifest.json results whole
verdict "after a full disk the run is the same" $?

# A folder that nobody may write, not even root.
prepare proc
"$saturn" run -q -o /proc/saturn \
    "$top/tests/data/bad/unwritable.yaml" >out 2>err
[ $? = 4 ] && grep -q '^/proc/saturn' err
verdict "a folder of the system" $?

echo "bad input: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -ge 25 ]
