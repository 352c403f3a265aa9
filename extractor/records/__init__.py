"""Table → line items: codes, labels, measures, exact yuan, provenance; and the facts of the document."""
