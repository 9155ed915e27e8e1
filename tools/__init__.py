"""Programs for those who work on the product; none of them is in the wheel."""
