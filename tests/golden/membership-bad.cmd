printf '( )\n( x )\n( )\n' | saturn language dyck-1 test
