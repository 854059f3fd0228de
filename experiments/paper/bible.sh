#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the King James Bible to standard output as a text to model: a verse a
# line, in lower case, punctuation marks as words of their own.  The text is
# that of Debian's package bible-kjv, which is in the public domain.
set -e
export LC_ALL=C
command -v bible >/dev/null || {
    echo "bible.sh: please install the package bible-kjv" >&2
    exit 1
}
bible -f gen1:1-rev22:21 |
    sed -e 's/^[^ ]* *//' -e 's/[^[:alnum:]'\'' -]/ & /g' -e 's/  */ /g' \
        -e 's/^ //' -e 's/ $//' |
    tr '[:upper:]' '[:lower:]'
