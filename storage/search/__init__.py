"""Full-text search: a rebuildable projection of the messages, behind one port with two adapters."""
