"""The HTTP interface: JSON routes and the Chinese pages."""
