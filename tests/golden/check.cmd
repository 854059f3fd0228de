saturn check tiny.yaml languages/dyck-1.yaml languages/tomita-7.yaml
