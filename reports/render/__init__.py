"""Reports and papers as files: Word, Excel, pictures."""
