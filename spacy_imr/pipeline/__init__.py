"""The components. Each is found through the entry points of the package; nothing needs to be imported by hand."""
