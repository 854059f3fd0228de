saturn run; echo $?
saturn list languages a b; echo $?
saturn language dyck-1; echo $?
saturn logits; echo $?
saturn help frob; echo $?
