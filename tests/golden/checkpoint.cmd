saturn run -q -j 1 --quick -s model.norm=pre tiny.yaml >/dev/null
saturn run -q -j 1 --quick -s model.norm=pre -s train.rate=0.03 \
    -o other tiny.yaml >/dev/null
run=$(echo results/tiny/*/)
first=$run/checkpoints/step-00000000.safetensors
last=$(ls $run/checkpoints/*.safetensors | tail -n 1)
other=$(ls other/tiny/*/checkpoints/*.safetensors | tail -n 1)
printf '1\n0 1\n\n1 1 0 1\n' >strings
saturn logits $run <strings >a
saturn logits --checkpoint $last $run <strings | cmp - a && echo the last
saturn logits --checkpoint $first $run <strings >b
[ "$(wc -l <b)" = 4 ] && ! cmp -s a b && echo the first is another
for command in saturate verify heads; do
    saturn $command $run >c
    saturn $command --checkpoint $last $run | cmp - c && echo $command
done
saturn verify -k $first $run | cmp -s - c || echo another verify
# Not silently that of other settings, and not what is not there.
saturn logits -k $other $run <strings 2>&1 | sed 's/tiny[^ :]*/.../g'
saturn logits -k none.safetensors $run <strings; echo $?
saturn logits -k tiny.yaml $run <strings; echo $?
saturn heads --help | grep -A 1 checkpoint
