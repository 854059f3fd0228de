saturn
