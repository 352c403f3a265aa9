"""Publishers' sites → files and a ledger of where they came from: what `extractor fetch` does every night. Nothing of budgets."""
