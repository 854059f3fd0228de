# A requirement missed is status 1, a claim refuted is not.
sed -e 's/steps == 6/steps == 7/' tiny.yaml >missed.yaml
saturn run -q --set seed=1 missed.yaml; echo $?
sed -e 's/steps == 6/steps >= 6/' -e 's/norm.start == norm.start/steps > 6/' \
    tiny.yaml >refuted.yaml
saturn run -q --set seed=1 refuted.yaml; echo $?
