SELECT hh.install();
