"""One module per generated page of docs/: `render` returns its Markdown."""
