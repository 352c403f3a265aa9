"""What tests share: makers of documents, malicious files, readers that misbehave."""
