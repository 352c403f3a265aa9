"""Many documents: workers, limits, executors, the log."""
