"""A campaign: rules in order that say of every course who is kept in it, until when, and who decided so."""
