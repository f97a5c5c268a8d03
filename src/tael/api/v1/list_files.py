"""What every list over HTTP that can be taken as a file asks for, and how the file is given.

Source: peers-settlement-invest A39; reliability T14, T15, I31.
"""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from tael.api.call import Call
from tael.api.fields import Filter
from tael.api.v1.files import taken
from tael.documents.labels import Language
from tael.documents.listing import Listing, list_document


class ListFile(Filter):
    """In which form and language a list is wanted."""

    format: Literal["csv", "xlsx"]
    language: Annotated[Language, Field(description="Of the headings and words.")] = "en"


FileAsked = Annotated[ListFile, Query()]


def list_file(
    call: Call, listing: Listing[Any, Any], wanted: Any, asked: ListFile, *, name: str = ""
) -> HttpResponse:
    """Give what a filter finds as csv or xlsx; a merchant's key does not learn who of the house did what.

    Raises:
        DocumentTooLong: there are more rows than one file may have.

    Source: A39; T15.
    """
    house = call.customer is None
    document, rows = list_document(
        listing, wanted, asked.format, asked.language, name=name, house=house
    )
    return taken(call, document, rows=rows)
