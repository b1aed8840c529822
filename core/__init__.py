"""The shared kernel: the vocabulary, values and rules of the domain, without any I/O."""
