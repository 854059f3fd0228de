saturn run -q tiny.yaml
echo "exit $?"
cat results/tiny/claims.txt
ls results/tiny | sed 's/-[0-9a-f]*$//'
