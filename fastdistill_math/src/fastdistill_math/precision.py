"""mpmath's context, in one place: only workers import this, and each calculation sets its own precision."""

from mpmath import mp  # type: ignore[import-untyped]  # mpmath ships no types

__all__ = ["mp"]
