"""Page layouts → the document's own words: outline, statements with their figures, terms, units, assets, projects."""
