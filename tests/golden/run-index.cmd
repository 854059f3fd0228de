saturn run -q -o r --index 3 tiny.yaml; echo $?
ls r/tiny | sed 's/-[0-9a-f]*$//'
saturn run -q -o r --index 9 tiny.yaml; echo $?
saturn run -q -o r --index 0 tiny.yaml tiny.yaml; echo $?
