# At most 60 lines of at most 80 columns, examples first.
for command in check run report language list logits verify saturate heads \
    homogeneity growth generate import scaling
do
    saturn $command --help >help
    saturn help $command | cmp help - || echo "$command: help differs"
    [ "$(wc -l <help)" -le 60 ] || echo "$command: too long"
    awk -v c=$command 'length($0) > 80 { print c ": wide: " $0 }' help
    awk '/^Examples:/ { e = NR } /^Options/ && !o { o = NR }
         END { exit !(e && o && e < o) }' help || echo "$command: order"
done
saturn run --help
