"""Papers an office prints and signs: what they hold, how they are made, edited and filed."""
