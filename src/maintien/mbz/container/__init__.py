"""The containers that archives come in: gzip tar and zip."""
