"""Readers that share no code with the everyday one."""
