"""How Chinese budgets write numbers, signs, units and full-width text."""
