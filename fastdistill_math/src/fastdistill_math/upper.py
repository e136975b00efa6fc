"""The upper half of the grammar as the lower one calls it: brackets hold what stands above them."""

from abc import ABC, abstractmethod

from fastdistill_math.cursor import Cursor
from fastdistill_math.tree import Node


class Upper(Cursor, ABC):
    """What `Grammar` brings."""

    @abstractmethod
    def items(self) -> Node:
        """A list without brackets."""

    @abstractmethod
    def relation(self) -> Node:
        """A chain of sides."""

    @abstractmethod
    def sum(self) -> Node:
        """Terms with signs."""

    @abstractmethod
    def term(self) -> Node:
        """Factors."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether the next token can be multiplied by what stands before it."""

    @abstractmethod
    def factor(self) -> Node:
        """An atom with what hangs on it."""

    @abstractmethod
    def group(self) -> Node:
        """`{...}`, or one character as LaTeX takes it."""

    @abstractmethod
    def exponent(self) -> Node:
        """What stands after `^`."""

    @abstractmethod
    def applied(self, name: str) -> Node:
        """A function with its bracket."""
