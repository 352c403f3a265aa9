"""Line items → checks and verdicts: identities that the document's own figures must satisfy. Never edits a number."""
