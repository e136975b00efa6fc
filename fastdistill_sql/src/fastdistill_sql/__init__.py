"""Text-to-SQL for Fast Distill."""
