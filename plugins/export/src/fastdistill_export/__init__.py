"""Forms of dataset for the trainers of the field. Rows only: the core owns order, splits and files."""
