"""The commands behind the Makefile, in the standard library alone: they run before there is a virtual environment."""
