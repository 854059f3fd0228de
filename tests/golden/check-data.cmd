saturn check --set data.negatives='{same-counts: 1}' --set language=majority tiny.yaml
saturn check --set data.test.length=3 --set language=dyck-1 tiny.yaml
