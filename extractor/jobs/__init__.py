"""Read many documents: workers, limits, executors and the log."""
