saturn language dyck-1 count 5..2; echo $?
saturn language dyck-1 count; echo $?
saturn language dyck-1 count 0..200000; echo $?
