from extractor.checks.check import Check
def reconcile(items, tables, facts):
    return [], {}
