"""Read the prose of a document from its page layouts: sections, statements, terms, units, assets and projects."""
