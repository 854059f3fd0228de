saturn run -q -j 1 --quick -s model.norm=pre tiny.yaml >/dev/null
run=$(echo results/tiny/*/)
saturn verify -s verify.samples=3 $run | cut -d '|' -f 2-5 | grep trained
saturn saturate -s 'saturation.scales=[7]' $run | cut -d '|' -f 2-5 | grep all
