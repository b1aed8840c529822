"""The pages an official reads."""
