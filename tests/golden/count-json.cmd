saturn language anbn count --json 3..4
