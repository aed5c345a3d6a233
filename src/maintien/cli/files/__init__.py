"""Files that commands write beside the site: reports, plans, backups."""
