saturn language dyck-1 count 0..12
saturn language majority count 64..64
