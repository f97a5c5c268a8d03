"""What somebody who may do anything in the database can do to remittances and proposals; see `corruptions`."""

from __future__ import annotations

NOT_BY_ANOTHER = "ALTER TABLE approvals_proposal DROP CONSTRAINT proposal_decided_by_another"

# name, invariants that must be among those found, statements; {…} are numbers of LivedIn
PLANTED_REMITTANCES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a remittance says more than it moved": (
        {"B-32"},
        ("UPDATE settlement_remittance SET amount = amount + 1 WHERE id = {remitted.confirmed}",),
    ),
    "a remittance moved the other way": (
        {"B-32"},
        (
            (
                "UPDATE settlement_remittance SET payer = 'platform', flow_number = 'other'"
                " WHERE id = {remitted.confirmed}"
            ),
        ),
    ),
    "a remittance came over another channel": (
        {"B-32"},
        ("UPDATE settlement_remittance SET channel = 'WeChat' WHERE id = {remitted.confirmed}",),
    ),
    "a remittance is marked confirmed with a foreign entry": (
        {"B-32"},
        (
            (
                "UPDATE settlement_remittance SET state = 'confirmed', entry = {deduction}, decided_at = now(),"
                " decided_by = 'user:7' WHERE id = {remitted.declared}"
            ),
        ),
    ),
    "a confirmation is undone behind the books": (
        {"B-32"},
        (
            (
                "UPDATE settlement_remittance SET state = 'disputed', entry = NULL, reason = 'no'"
                " WHERE id = {remitted.confirmed}"
            ),
        ),
    ),
    "a remittance is confirmed by the one who declared it": (
        {"B-31", "schema"},
        (
            "ALTER TABLE settlement_remittance DROP CONSTRAINT remittance_decided_by_another",
            "UPDATE settlement_remittance SET decided_by = declared_by WHERE id = {remitted.confirmed}",
        ),
    ),
    "a merchant confirms for the platform": (
        {"B-31"},
        (
            (
                "UPDATE settlement_remittance SET declared_by = 'user:8', decided_by = 'customer:' ||"
                " (SELECT owner FROM settlement_account WHERE number = {remitted.merchant})"
                " WHERE id = {remitted.confirmed}"
            ),
        ),
    ),
    "a collection says less than it took": (
        {"B-25"},
        ("UPDATE settlement_collection SET amount = amount - 1 WHERE id = {remitted.collection}",),
    ),
    "a collection came from another's wallet": (
        {"B-25"},
        (
            "UPDATE settlement_collection SET wallet = {other.number} WHERE id = {remitted.collection}",
        ),
    ),
    "a collection disappears": (
        {"B-25"},
        ("DELETE FROM settlement_collection WHERE id = {remitted.collection}",),
    ),
    "an adjustment is edited": (
        {"B-03"},
        ("UPDATE settlement_adjustment SET amount = -amount WHERE id = {remitted.adjusted}",),
    ),
    "an adjustment disappears": (
        {"B-03"},
        ("DELETE FROM settlement_adjustment WHERE id = {remitted.adjusted}",),
    ),
    "a proposal is altered while it waits": (
        {"I32"},
        (
            (
                "UPDATE approvals_proposal SET payload = jsonb_set(payload, ARRAY['amount'], '1')"
                " WHERE id = {remitted.waiting}"
            ),
        ),
    ),
    "a proposal is altered after it was carried out": (
        {"I32"},
        (
            (
                "UPDATE approvals_proposal SET payload = jsonb_set(payload, ARRAY['reason'], '\"fine\"')"
                " WHERE id = {remitted.approved}"
            ),
        ),
    ),
    "a proposal is approved by the one who made it": (
        {"I32", "schema"},
        (
            NOT_BY_ANOTHER,
            "UPDATE approvals_proposal SET decided_by = proposed_by WHERE id = {remitted.agreed}",
        ),
    ),
    "a proposal is marked approved and nothing was done": (
        {"I32"},
        (
            (
                "UPDATE approvals_proposal SET state = 'approved', decided_at = now(), decided_by = 'user:7'"
                " WHERE id = {remitted.waiting}"
            ),
        ),
    ),
    "other terms are in force than two people agreed on": (
        {"I32"},
        ("UPDATE settlement_terms SET anchor = 2 WHERE proposal = {remitted.agreed}",),
    ),
    "a larger part is kept back than two people agreed on": (
        {"I32"},
        ("UPDATE settlement_terms SET reserve_percent = 5 WHERE proposal = {remitted.agreed}",),
    ),
    "an adjustment is approved by the merchant himself": (
        {"I32"},
        (
            (
                "UPDATE settlement_adjustment SET approved_by = 'customer:' ||"
                " (SELECT owner FROM settlement_account WHERE number = {remitted.merchant})"
                " WHERE id = {remitted.adjusted_by_two}"
            ),
        ),
    ),
    "an adjustment above the limit was made by one": (
        {"I32"},
        (
            (
                "UPDATE settlement_adjustment SET proposal = NULL, approved_by = NULL"
                " WHERE id = {remitted.adjusted_by_two}"
            ),
        ),
    ),
}
