"""Many operations in one request (批量): `/batch`, with a verdict on each.

Source: architecture, section 5; performance (batches).
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Annotated, Any, Final, Literal, cast

from ninja import Router
from pydantic import Field, TypeAdapter, ValidationError, create_model

from tael import books
from tael.api.answers import invalid
from tael.api.call import ApiRequest, Call
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import Body, KeyText
from tael.api.problem import facts_of
from tael.api.scopes import BATCH_SCOPES
from tael.api.v1.operations import OPERATIONS
from tael.api.wire import Out, ReceiptOut, WalletFiguresOut, receipt_out, wallet_figures_out
from tael.parties.api_key import require
from tael.refusal import Refusal
from tael.wallet.figures import figures_now
from tael.wallet.receipt import Receipt

router = Router(tags=["batch"])

ITEMS_MAX: Final = 1000

ITEMS: Final[dict[str, Any]] = {
    name: create_model(
        f"{name.title()}Item",
        __base__=performed.reads,
        __doc__=f"One {name} of a batch.",
        operation=cast("Any", (Literal[name], ...)),
        key=cast("Any", (KeyText, ...)),
    )
    for name, performed in OPERATIONS.items()
}
ANY_ITEM: Final[TypeAdapter[Any]] = TypeAdapter(
    cast("Any", Annotated[reduce(or_, ITEMS.values()), Field(discriminator="operation")])
)


class BatchIn(Body):
    """Operations that are carried out in their order.

    With `independent` each stands for itself; with `atomic` the first refusal takes everything back.
    """

    mode: Literal["independent", "atomic"] = "independent"
    items: Annotated[list[Any], Field(min_length=1, max_length=ITEMS_MAX)]


class VerdictOut(Out):
    """What became of one item."""

    key: str | None
    verdict: Literal["posted", "replayed", "refused"]
    receipt: ReceiptOut | None
    problem: Annotated[dict[str, Any] | None, Field(description="As a problem of its own request.")]


class BatchOut(Out):
    """The verdicts, in the order of the items."""

    posted: int
    replayed: int
    refused: int
    data: list[VerdictOut]
    wallets: Annotated[
        list[WalletFiguresOut],
        Field(description="The wallets concerned, as they are after the batch."),
    ]
    dry_run: bool


def describe_items(schemas: dict[str, Any]) -> None:
    """Describe the items of a batch in the OpenAPI document: each is read by itself, so ninja cannot."""
    item = ANY_ITEM.json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(item.pop("$defs"))
    schemas["BatchItem"] = item
    schemas["BatchIn"]["properties"]["items"]["items"] = {"$ref": "#/components/schemas/BatchItem"}


@endpoint(router, "POST", "/batch", answers=BatchOut, moves_money=True, keys_in_body=True)
def post_batch(request: ApiRequest, body: BatchIn) -> Answer:
    """Carry out up to 1,000 operations, each under its own key, with a verdict on each.

    Each item asks for the scope of its operation. In `atomic` mode a refusal of one item is the answer
    to the whole request, its `field` beginning with the item's place.
    """
    call = request.call
    operations = [partial(_perform, call, item) for item in body.items]
    if body.mode == "atomic":
        answers: list[Receipt | Refusal] = list(_all_or_nothing(operations))
    else:
        answers = books.post_together(operations)
    verdicts = [
        _verdict(call, item, answer) for item, answer in zip(body.items, answers, strict=True)
    ]
    count = [each["verdict"] for each in verdicts].count
    return Answer(
        {
            "posted": count("posted"),
            "replayed": count("replayed"),
            "refused": count("refused"),
            "data": verdicts,
            "wallets": [] if call.minimal else _figures(call, answers),
        }
    )


def _figures(call: Call, answers: list[Receipt | Refusal]) -> list[dict[str, Any]]:
    """Write the wallets that were touched and are within the key's reach, by number; one query."""
    touched = {
        wallet
        for answer in answers
        if not isinstance(answer, Refusal)
        for wallet in answer.touched
        if call.customer in {None, wallet.owner}
    }
    figures = figures_now(touched)
    return [
        wallet_figures_out(wallet, figures[wallet.number])
        for wallet in sorted(touched, key=lambda wallet: wallet.number)
    ]


@books.atomic
def _all_or_nothing(operations: Sequence[Callable[[], Receipt]]) -> list[Receipt]:
    """Carry out all of them, or raise the first refusal with the item's place before its field."""
    receipts = []
    for place, answer in enumerate(books.post_together(operations, all_or_nothing=True)):
        if isinstance(answer, Refusal):
            at = f"items.{place}"
            answer.field = f"{at}.{answer.field}" if answer.field else at
            for error in getattr(answer, "errors", []):
                error["field"] = f"{at}.{error['field']}"
            raise answer
        receipts.append(answer)
    return receipts


def _perform(call: Call, item: Any) -> Receipt:
    """Carry out one item.

    Raises:
        RequestInvalid, ScopeMissing, and those of the operation.
    """
    try:
        read: Any = ANY_ITEM.validate_python(item)
    except ValidationError as error:
        # the union puts the item's own kind in front of the place
        found = [{**each, "loc": ("item", *each["loc"][1:])} for each in error.errors()]
        raise invalid(found) from error
    require(call.key, BATCH_SCOPES[read.operation])  # type: ignore[arg-type]
    return OPERATIONS[read.operation].does(call, read, read.key)


def _verdict(call: Call, item: Any, answer: Receipt | Refusal) -> dict[str, Any]:
    key = item.get("key") if isinstance(item, dict) else None
    said: dict[str, Any] = {
        "key": key if isinstance(key, str) else None,
        "verdict": "refused",
        "receipt": None,
        "problem": None,
    }
    if isinstance(answer, Refusal):
        said["problem"] = facts_of(answer, request_id=call.request_id)
        return said
    said["verdict"] = "replayed" if answer.replayed else "posted"
    said["receipt"] = receipt_out(answer, customer=call.customer, dry_run=call.dry_run, brief=True)
    return said
