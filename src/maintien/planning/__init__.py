"""What is to be done to a course, as data: policies, typed changes, plans, and the rules that make them."""
