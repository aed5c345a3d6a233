"""Who may do what: roles, what they allow, and what each page asks for."""
