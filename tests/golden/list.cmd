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
# What is no language is not listed, and a broken one is passed over.
mkdir mixed
cp tiny.yaml languages/tomita-4.yaml mixed
printf 'language: [a\n' >mixed/syntax.yaml
printf 'language: l\nalphabet: "0 1"\nregex: "((0"\n' >mixed/broken.yaml
printf 'page: p\ntitle: t\n' >mixed/page.yaml
saturn list languages mixed | cut -f 1,2; echo $?
saturn list experiments -q mixed | cut -f 1,2; echo $?
