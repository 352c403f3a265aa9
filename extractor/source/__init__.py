"""Path or bytes → `Source`: what a file is, by its content. Nothing of budgets."""
