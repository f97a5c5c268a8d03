"""The API as one thing: its routers, its document, its interactive pages.

Source: architecture, section 5.
"""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from ninja import NinjaAPI, Swagger

from tael.api.answers import add_handlers
from tael.api.body import OnceParser
from tael.api.openapi import complete
from tael.api.v1 import (
    accrual_imports,
    accruals,
    adjustments,
    bank,
    batch,
    bill_runs,
    bills,
    business_registries,
    callbacks,
    cards,
    channels,
    check_limits,
    completeness,
    currencies,
    customers,
    files,
    flows,
    health,
    holds,
    journal,
    merchant_accounts,
    merchant_reserve,
    merchant_withdrawals,
    operations,
    payee_accounts,
    payout_batches,
    payout_inquiries,
    payout_results,
    payout_row_files,
    payout_rules,
    period_reports,
    periods,
    proposals,
    quotes,
    rates,
    recharge_orders,
    remittances,
    suspense,
    wallets,
    webhooks,
    withdrawals,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PREFIX: Final = "/api/v1/"
NAMESPACE: Final = "api"
VERSION: Final = "1"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
DESCRIPTION: Final = """
Exact double-entry books, the seven wallet operations, holds, cards, recharge orders, withdrawals.

- Amounts are decimal text with their currency: `{"amount": "12.34", "currency": "CNY"}`.
- Every POST that moves money carries an `Idempotency-Key`, and others that must not be done twice. The
  same key with the same content gives the first answer again, marked `Idempotent-Replay: true`; with
  other content it is refused. A refused request does not use up its key.
- `?dry_run=true` does everything, answers with the resulting figures, and takes it back.
- Lists come in pages: send `next_cursor` as `cursor` for the next one.
- A refusal is a problem (RFC 9457) with a stable `code`, and has changed nothing.
"""


def _with_policy(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let the pages of the documentation load nothing but what this server has."""

    @wraps(view)
    def page(request: HttpRequest, **values: Any) -> HttpResponseBase:
        response = view(request, **values)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        return response

    return page


class Api(NinjaAPI):
    """ninja's API with the completed document."""

    _document: dict[str, Any] | None = None
    _unused = HttpResponse()

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Give ninja something to hold: our views answer with responses of their own."""
        return self._unused

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: dict[str, Any] | None = None,
    ) -> Any:
        """Give the OpenAPI document, made once."""
        if self._document is None:
            made = super().get_openapi_schema(
                path_prefix=path_prefix or PREFIX, path_params=path_params
            )
            for batches in (batch, accruals):
                batches.describe_items(made["components"]["schemas"])
            self._document = complete(made)
        return self._document


api: Final = Api(
    title="Tael",
    version=VERSION,
    description=DESCRIPTION.strip(),
    docs=Swagger(settings={"tryItOutEnabled": True, "defaultModelsExpandDepth": 0}),
    docs_decorator=_with_policy,
    parser=OnceParser(),
    urls_namespace=NAMESPACE,
)
add_handlers(api)
for noun in (
    health,
    payout_batches,
    payout_results,
    payout_row_files,
    operations,
    bank,
    batch,
    quotes,
    holds,
    files,
    flows,
    wallets,
    recharge_orders,
    suspense,
    callbacks,
    cards,
    withdrawals,
    check_limits,
    remittances,
    adjustments,
    proposals,
    customers,
    payee_accounts,
    currencies,
    channels,
    rates,
    webhooks,
    periods,
    journal,
    merchant_accounts,
    merchant_reserve,
    business_registries,
    accrual_imports,
    accruals,
    completeness,
    bills,
    bill_runs,
    period_reports,
    merchant_withdrawals,
    payout_rules,
    payout_inquiries,
):
    api.add_router("", noun.router)


def document_text() -> str:
    """Give the OpenAPI document as it is committed: docs/openapi.json."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, default=str) + "\n"
