"""The XML documents of an archive, a module each; every one is given as pieces of text, in order."""
