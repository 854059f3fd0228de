# Parameters of another writer; a run of no step has just them.
cp foreign.safetensors a.safetensors
sed '/^require/,$d' tiny.yaml >t.yaml
one="saturn run -q -j 1 -s seed=1 -s model.norm=output"
printf '1\n0 1\n1 1 0 1\n' >strings
$one -s train.steps=0 -s train.from=a.safetensors \
    -o zero t.yaml >/dev/null
zero=$(echo zero/tiny/*/)
grep from: $zero/config.yaml
saturn logits $zero <strings >logits
saturn logits -k a.safetensors $zero <strings | cmp - logits && echo foreign
saturn logits -k foreign.safetensors $zero <strings | sort -u | wc -l
# A phase of normalised steps (NormSGD) at a rate of its own.
$one -s train.steps=4 -s train.from=a.safetensors \
    -s train.optimizer=normalised -s train.rate=0.01 -s 'train.record={every: 1}' \
    -o phase t.yaml >/dev/null
phase=$(echo phase/tiny/*/)
# It is had again from its folder alone, and not from another file.
mv a.safetensors b.safetensors
saturn run -q -o again $phase/config.yaml >/dev/null
diff -r -x manifest.json $phase again/tiny/*/ && echo again
printf ' ' >>$phase/start.safetensors
saturn run -q -o third $phase/config.yaml 2>&1 | sed 's/phase.*start/start/'
sed 's|^train: {|&from: a.safetensors, |' tiny.yaml >e.yaml
saturn check e.yaml; echo $?
cp b.safetensors a.safetensors
saturn check -s model.norm=output e.yaml && echo fits
saturn check -s model.norm=pre e.yaml; echo $?
saturn check -s model.norm=output -s model.d_ff=8 e.yaml; echo $?
saturn check -s model.norm=output -s train.from=[] e.yaml; echo $?
saturn check -s 'train.from={file: a.safetensors, checksum: 0}' e.yaml; echo $?
saturn run -q -s model.d_ff=8 --quick e.yaml; echo $?
