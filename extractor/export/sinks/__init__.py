"""Stores of other systems that are kept equal to the datasets, night by night: each knows what was sent to it."""
