"""What a person has to put right, by who can: ``tree.py`` has the branches, the others what is on them."""
