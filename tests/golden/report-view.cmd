saturn run -q -j 1 --quick tiny.yaml >/dev/null
COLUMNS=60 saturn report
saturn report --columns trained,saturation --format csv | cut -d , -f 1-5
saturn report --columns traind; echo $?
