"""The command line, a module a command: parses arguments, calls public functions, prints. Data to stdout, progress and errors to stderr."""
