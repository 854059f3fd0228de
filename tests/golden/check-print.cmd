# What is printed is the experiment again.
saturn check --print --set model.d_model=8 --set seed=3 tiny.yaml >again.yaml
grep -e '^[a-z]*:' -e d_model -e sweep again.yaml | cut -c 1-33
saturn check again.yaml
saturn check --print again.yaml | grep -v '^#' >twice
grep -v '^#' again.yaml | cmp twice -
awk '/^ *[a-z_]+:/ && !/#/' again.yaml
