# Verdicts and their sum in one file, each a line of its own.
saturn run --set seed=1 tiny.yaml >both 2>&1; echo $?
tail -n 3 both
