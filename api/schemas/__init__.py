"""The shapes of the JSON interface, with examples."""
