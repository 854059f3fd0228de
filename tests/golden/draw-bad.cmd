saturn language dyck-1 draw --length 3; echo $?
saturn language dyck-1 draw; echo $?
saturn language majority draw -l 4 --negative same-counts; echo $?
saturn language majority draw -l 4 --negative wild; echo $?
