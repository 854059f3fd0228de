# Roundings aside: what stands where, and which of it is the paper's slip.
saturn homogeneity --json tiny.yaml >found
tr '{' '\n' <found | tr -d ' \n"' | tr '}' '\n' >rows
grep -c group:degree rows
grep 'group:table1\|c=100,.*paper' rows | grep 'table1\|output,nobiases' |
    sed 's/,measured.*verdict/,verdict/; s/,\]*$//' | grep -v 'euler\|limit'
saturn homogeneity --help | sed -n "/verdict/,/^$/p"
saturn homogeneity nowhere.yaml
