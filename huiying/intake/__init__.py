"""Files that come in while the service runs: a watched folder, and what people upload."""
