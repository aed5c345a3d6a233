"""The XML documents of an archive, a module each."""
