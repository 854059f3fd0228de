saturn list languages | cut -f 1,2,3 | head -n 3
saturn list languages | cut -f 3 | uniq
saturn list languages --json | head -n 7
mkdir experiments
cp tiny.yaml experiments
saturn list experiments
saturn list nothing; echo $?
mkdir empty
saturn list languages empty; echo $?
saturn list languages nowhere; echo $?
saturn list experiments experiments
saturn list languages languages | cut -f 1,2,3 | head -n 1
