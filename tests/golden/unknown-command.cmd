saturn repotr
