"""Page → grids: cells with spans, text and place. Rulings and alignment; nothing of budgets."""
