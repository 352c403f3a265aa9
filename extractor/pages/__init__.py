"""Source → pages: characters and rulings with coordinates, rotation undone. Nothing of budgets."""
