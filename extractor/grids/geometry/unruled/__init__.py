"""Tables whose rules are few or missing, read by alignment."""
