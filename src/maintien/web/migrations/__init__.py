"""How the application's own tables came about."""
