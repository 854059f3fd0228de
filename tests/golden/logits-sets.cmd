saturn run -q -j 1 --quick -s model.norm=pre -s data.objective=next-set tiny.yaml >/dev/null
run=$(echo results/tiny/*/)
# A line a token, a logit for 0, 1 and the end mark; an empty line a string.
printf '1\n\n' | saturn logits $run -n limit | awk '{ print NF }'
printf '1\n' | saturn logits $run --json | cut -c 1-11
saturn saturate $run | sed -n 2p | tr -s ' -'
rm -r results
saturn run -q -j 1 --quick -s model.norm=pre -s data.objective=next-token -s data.positives=1 tiny.yaml >/dev/null
# What is predicted has the one positive lead.
for network in trained scaled=10 limit; do
    printf '1 0 0 1\n' | saturn logits results/tiny/*/ -n $network |
        awk 'NF { print ($1 > 0) + ($2 > 0) + ($3 > 0) }' | tr '\n' ' '
done
echo
saturn check -s data.objective=next-token tiny.yaml; echo $?
saturn check -s data.objective=next-set -s model.mask=full tiny.yaml; echo $?
saturn check -s model.readout=begin tiny.yaml; echo $?
saturn check -s data.objective=next-set -s model.construction=majority tiny.yaml; echo $?
