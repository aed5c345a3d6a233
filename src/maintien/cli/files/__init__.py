"""Files that commands write beside the site: reports and plans."""
