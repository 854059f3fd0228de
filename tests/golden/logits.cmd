saturn run -q -j 1 --quick -s model.norm=pre tiny.yaml >/dev/null
run=$(echo results/tiny/*/)
printf '1\n0 1\n\n1 1 0 1\n' >strings
for network in trained scaled=10 limit attention encoder sharpened=2; do
    saturn logits $run --network $network <strings >logits || echo $network
    [ "$(wc -l <logits)" = 4 ] || echo "$network: not a logit a line"
done
# f(x; 1 theta) is f(x; theta).
saturn logits $run -s model.precision=double <strings >a
saturn logits $run -s model.precision=double -n scaled=1 <strings | paste a - |
    awk '{ d = $1 - $2; print d * d < 1e-24 }'
saturn logits $run --json -n limit <strings | cut -c 1-10
printf '1\n2\n' | saturn logits $run | wc -l
printf '2\n' | saturn logits $run; echo $?
saturn logits $run -n lmit <strings; echo $?
saturn logits results <strings; echo $?
