"""One spider for each kind of site; run only in a process of their own."""
