"""The page's HTML, CSS and ES modules."""
