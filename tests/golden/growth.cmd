# size = sqrt t + 2 exactly
saturn growth -x t -y size two.csv | grep -e law -e '^| sqrt'
saturn growth two.csv; echo $?
saturn growth absent.csv; echo $?
saturn growth; echo $?
# the same twice is no spread; the published baseline; some rows alone
saturn growth -f csv --literal -x t -y size two.csv two.csv | grep -e sqrt -e literal
saturn growth -x t -y size --where size=2 two.csv | grep -e '^| sqrt'
saturn growth -x t -y size --where size two.csv; echo $?
saturn growth -x t -y size --where layer=2 two.csv; echo $?
# two steps at right angles
printf 'step,norm,cos\n0,3,\n1,5,0.6\n2,13,0.38461538461538464\n' >path.csv
saturn growth --path --cosine cos path.csv
saturn growth --dynamics -f latex | grep -v "constant step"
