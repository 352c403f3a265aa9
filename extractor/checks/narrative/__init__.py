"""The figures of the prose, held against the tables and each other."""
