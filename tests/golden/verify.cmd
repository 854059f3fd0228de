saturn run -q -j 1 --quick -s model.norm=pre tiny.yaml >/dev/null
run=$(echo results/tiny/*/)
saturn verify -s verify.samples=3 $run | cut -d '|' -f 2-5 | grep trained
saturn saturate -s 'saturation.scales=[7]' $run | cut -d '|' -f 2-5 | grep all
saturn heads $run | cut -d '|' -f 2-6 >heads
cut -d , -f 1-5 $run/heads.csv | tail -n +2 | tr , ' ' >rows
tail -n +3 heads | tr -s ' |' ' ' | sed 's/^ //; s/ $//' | cmp - rows && head -n 3 heads
