"""A long list, a page at a time: in the order it has, which is the same for every arm."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec
from django.http import HttpRequest

Item = TypeVar("Item")
PER_PAGE = 100


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """``items`` of the page ``number``; ``count`` of all, on so many ``pages``, at least one."""

    items: Sequence[Item]
    number: int
    pages: int
    count: int


def page_of(request: HttpRequest, items: Sequence[Item], per_page: int = PER_PAGE, asked: str = "page") -> Page[Item]:
    """The page that the address asks for, the nearest where there is none of that number, or the first."""
    pages = max(1, -(-len(items) // per_page))
    text = request.GET.get(asked, "")
    wanted = int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 1
    number = min(max(wanted, 1), pages)
    return Page(items[(number - 1) * per_page : number * per_page], number, pages, len(items))
