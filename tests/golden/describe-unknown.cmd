saturn language dyck1 describe 2>talk; echo $?
cut -d , -f 1 talk
saturn language dyck-1 descibe; echo $?
saturn language dyck-1 foo; echo $?
