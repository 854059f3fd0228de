small="--set n_layers=1 --set d_model=8 --set n_heads=2 --set d_ff=8"
saturn scaling $small --format csv >curves
head -n 1 curves
cut -d , -f 1 curves | uniq -c | sed 's/^ *//'
# Curves end nearer to the limit than they begin, and a seed gives them again.
awk -F , '/^"?post/ { if ($(NF-1) == 1) first = $NF; last = $NF }
          END { print (last > first) }' curves
saturn scaling $small --format csv | cmp - curves && echo again
saturn scaling $small --format csv --seed 2 | cmp -s - curves || echo other
saturn scaling --set n_heads=5 --set d_model=8; echo $?
saturn scaling --set d_modle=8; echo $?
saturn scaling --format pdf; echo $?
saturn scaling --help | sed -n '1,/^Examples/p' | sed 's/ $/ TRAILING/'
saturn scaling -o folder; echo $?
saturn growth --set x=1; echo $?
saturn growth --help | grep -e '--set' -e '--output' || echo neither
