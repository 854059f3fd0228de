saturn --version | sed -e 's/ [0-9.]*$/ VERSION/' -e 's/engine: .*/engine: E/'
saturn run -V | wc -l
