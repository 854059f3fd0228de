saturn run -q -j 1 --quick tiny.yaml >/dev/null
saturn run -q -j 1 --quick --set train.rate=0.5 tiny.yaml >/dev/null
saturn report --format csv | cut -d , -f 2-3 | sort -u
saturn list runs | cut -f 1,3
