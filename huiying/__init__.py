"""The composition root: the command line, the server, and the wiring of the packages."""
