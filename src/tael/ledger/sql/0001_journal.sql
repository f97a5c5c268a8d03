-- 0001_journal: one book, the only place where money moves. Applied once per book; {book} is its schema.
--
-- What holds here, whoever writes (application, psql, restore):
--   account_above_floor     a balance never falls below the account's floor
--   account_balance_in_range, posting_moves_something, posting_in_range     exact integers, no zero, no overflow
--   entry_key_pkey          a key writes one entry, for ever
--   privileges              the application's role inserts journal rows and can never change or remove one
-- What the application proves before it writes and `tael doctor` proves afterwards: an entry sums to zero in
-- each currency, lines are gapless, a balance is the sum of its lines, reversals stay within their original.
-- No triggers and no foreign keys on purpose: they cost four fifths of the speed, and a book must be able to
-- live on a node of its own.

CREATE SCHEMA {book};

CREATE TABLE {book}.currency (
    code text PRIMARY KEY,
    id smallint GENERATED ALWAYS AS IDENTITY UNIQUE, -- dense number for arithmetic over columns
    exponent smallint NOT NULL CONSTRAINT currency_exponent_in_range CHECK (exponent BETWEEN 0 AND 8),
    kind text NOT NULL CONSTRAINT currency_kind_known CHECK (kind IN ('money', 'points')),
    name text NOT NULL DEFAULT ''
);
COMMENT ON TABLE {book}.currency IS 'A unit of account. Amounts are whole numbers of its minor unit; the exponent never changes.';

CREATE SEQUENCE {book}.account_id;
CREATE TABLE {book}.account (
    id bigint PRIMARY KEY DEFAULT nextval('{book}.account_id'),
    code text NOT NULL CONSTRAINT account_code_unique UNIQUE,
    currency text NOT NULL,
    class text NOT NULL CONSTRAINT account_class_known CHECK (class IN ('client', 'house', 'custody', 'suspense')),
    floor bigint, -- NULL: no lower bound
    balance bigint NOT NULL DEFAULT 0
        CONSTRAINT account_balance_in_range CHECK (balance BETWEEN -9000000000000000000 AND 9000000000000000000),
    version bigint NOT NULL DEFAULT 0, -- number of the newest line
    last_posting bigint NOT NULL DEFAULT 0, -- id of the newest line, 0 before the first
    blocked text NOT NULL DEFAULT 'none'
        CONSTRAINT account_blocked_known CHECK (blocked IN ('none', 'debit', 'credit', 'both')),
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    CONSTRAINT account_above_floor CHECK (floor IS NULL OR balance >= floor)
) WITH (fillfactor = 50); -- room on the page keeps every balance update HOT; nothing that changes is indexed
COMMENT ON TABLE {book}.account IS 'A ledger account. Names, owners and limits live elsewhere.';

CREATE SEQUENCE {book}.entry_id;
CREATE TABLE {book}.entry (
    id bigint NOT NULL,
    first_posting bigint NOT NULL, -- its lines are the ids first_posting .. first_posting + legs - 1
    reverses bigint, -- the entry that this one takes back, wholly or in part
    effective_at timestamptz NOT NULL, -- when it counts, said by the caller
    booked_at timestamptz NOT NULL, -- when it was written, said by the database after the rows were locked
    legs smallint NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX entry_reverses ON {book}.entry (reverses) WHERE reverses IS NOT NULL;
COMMENT ON TABLE {book}.entry IS 'A journal entry. Corrected only by a reversing entry.';

CREATE TABLE {book}.entry_key (
    key uuid PRIMARY KEY,
    entry bigint NOT NULL,
    digest uuid NOT NULL -- what was asked under this key
);
COMMENT ON TABLE {book}.entry_key IS 'Which keys have been used, for ever. An entry has one or more.';

CREATE TABLE {book}.entry_note (
    entry bigint PRIMARY KEY,
    sno text,
    pno text,
    code text NOT NULL DEFAULT '',
    info text NOT NULL DEFAULT '',
    data jsonb
);
CREATE INDEX entry_note_sno ON {book}.entry_note (sno) WHERE sno IS NOT NULL;
CREATE INDEX entry_note_pno ON {book}.entry_note (pno) WHERE pno IS NOT NULL;
COMMENT ON TABLE {book}.entry_note IS 'The words of an entry: numbers of the outside world, description, facts for later questions.';

CREATE SEQUENCE {book}.posting_id;
CREATE TABLE {book}.posting (
    id bigint NOT NULL,
    entry bigint NOT NULL,
    account bigint NOT NULL,
    version bigint NOT NULL, -- the account's gapless line number
    amount bigint NOT NULL -- minor units; > 0 into the account, < 0 out of it
        CONSTRAINT posting_moves_something CHECK (amount <> 0),
    balance_after bigint NOT NULL,
    prev bigint NOT NULL, -- the account's line before this one, 0 at the first
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
COMMENT ON TABLE {book}.posting IS 'One leg of an entry, and one line of its account.';

CREATE TABLE {book}.period (
    closed_through timestamptz NOT NULL, -- nothing may take effect at or before this moment
    closed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_by text NOT NULL,
    PRIMARY KEY (closed_through)
);
COMMENT ON TABLE {book}.period IS 'Periods that have been closed. A later correction takes effect in an open one.';
