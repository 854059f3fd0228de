# size = sqrt t + 2 exactly
saturn growth -x t -y size two.csv | grep -e law -e '^| sqrt'
saturn growth two.csv; echo $?
saturn growth absent.csv; echo $?
