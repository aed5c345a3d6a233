"""What people read: sentences in their language, tables, documents and files."""
