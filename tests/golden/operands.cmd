saturn run; echo $?
saturn list languages b; echo $?
saturn language dyck-1; echo $?
saturn logits; echo $?
saturn help frob; echo $?
