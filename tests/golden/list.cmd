saturn list languages | cut -f 1,2 | head -n 3
saturn list languages --json | head -n 6
mkdir experiments
cp tiny.yaml experiments
saturn list experiments
saturn list nothing; echo $?
