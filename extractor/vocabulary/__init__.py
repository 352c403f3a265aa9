"""The configuration, validated and compiled once."""
