-- 0003_posting: the two calls of a batch. Between them the rules are evaluated, in Python.
-- Both run with the caller's own rights and with kept plans: planning a batch anew costs more than writing it.

-- Locks the accounts in the order of their numbers, then reads what has been written under the keys: by then a
-- twin of this request that held the accounts has committed, and each statement here sees what is committed.
-- All columns are arrays of bigint, so that a program may take them whole.
CREATE FUNCTION {book}.lock_accounts(
    ids bigint[], keys uuid[],
    OUT account_id bigint[], OUT account_balance bigint[], OUT account_version bigint[], OUT account_last bigint[],
    OUT account_floor bigint[], -- -9000000000000000000: none
    OUT account_class bigint[], -- place in client, house, custody, suspense
    OUT account_block bigint[], -- place in none, debit, credit, both; 5: closed
    OUT account_unit bigint[], OUT account_currency text[],
    OUT known_key uuid[], OUT known_digest uuid[], OUT known_entry bigint[],
    OUT closed_through timestamptz
) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({periods_lock});
    SELECT array_agg(l.id), array_agg(l.balance), array_agg(l.version), array_agg(l.last_posting),
        array_agg(l.floor), array_agg(l.class), array_agg(l.block), array_agg(l.unit), array_agg(l.currency)
    INTO account_id, account_balance, account_version, account_last,
        account_floor, account_class, account_block, account_unit, account_currency
    FROM (
        SELECT a.id, a.balance, a.version, a.last_posting, a.currency, c.id::bigint AS unit,
            coalesce(a.floor, -9000000000000000000) AS floor,
            array_position('{client,house,custody,suspense}'::text[], a.class)::bigint AS class,
            CASE WHEN a.closed_at IS NOT NULL THEN 5
                ELSE array_position('{none,debit,credit,both}'::text[], a.blocked) END::bigint AS block
        FROM {book}.account AS a JOIN {book}.currency AS c ON c.code = a.currency
        WHERE a.id = ANY(ids) ORDER BY a.id FOR UPDATE OF a
    ) AS l;
    SELECT array_agg(k.key), array_agg(k.digest), array_agg(k.entry) INTO known_key, known_digest, known_entry
    FROM {book}.entry_key AS k WHERE k.key = ANY(keys);
    SELECT max(p.closed_through) INTO closed_through FROM {book}.period AS p;
END $$;
COMMENT ON FUNCTION {book}.lock_accounts IS 'Locks accounts in one order and gives what a batch is judged against.';

-- Writes a small batch. Places (from 0) become numbers by adding the first number of the block; a negative prev is
-- -1 - place of a line of this same batch.
CREATE FUNCTION {book}.write_batch(
    entry_start integer[], entry_legs integer[], entry_reverses bigint[], entry_effective timestamptz[],
    entry_kind text[], entry_channel text[], entry_actor text[],
    key_key uuid[], key_place integer[], key_digest uuid[],
    line_entry integer[], line_account bigint[], line_version bigint[], line_amount bigint[],
    line_balance bigint[], line_prev bigint[],
    moved_id bigint[], moved_balance bigint[], moved_version bigint[], moved_version_read bigint[], moved_last bigint[],
    note_place integer[], note_sno text[], note_pno text[], note_code text[], note_info text[], note_data text[],
    OUT entry_first bigint, OUT posting_first bigint, OUT booked timestamptz, OUT moved integer
) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT t.entry_first, t.posting_first, t.booked_at INTO entry_first, posting_first, booked
    FROM {book}.take_ids(cardinality(entry_legs), cardinality(line_entry)) AS t;
    INSERT INTO {book}.entry (id, first_posting, reverses, effective_at, booked_at, legs, kind, channel, actor)
    SELECT entry_first + e.place - 1, posting_first + e.start, nullif(e.reverses, 0), e.effective, booked, e.legs, e.kind,
        e.channel, e.actor
    FROM unnest(entry_start, entry_legs, entry_reverses, entry_effective, entry_kind, entry_channel, entry_actor)
        WITH ORDINALITY AS e (start, legs, reverses, effective, kind, channel, actor, place);
    INSERT INTO {book}.entry_key (key, entry, digest)
    SELECT k.key, entry_first + k.place, k.digest FROM unnest(key_key, key_place, key_digest) AS k (key, place, digest);
    INSERT INTO {book}.posting (id, entry, account, version, amount, balance_after, prev)
    SELECT posting_first + p.place - 1, entry_first + p.entry, p.account, p.version, p.amount, p.balance,
        CASE WHEN p.prev < 0 THEN posting_first - 1 - p.prev ELSE p.prev END
    FROM unnest(line_entry, line_account, line_version, line_amount, line_balance, line_prev)
        WITH ORDINALITY AS p (entry, account, version, amount, balance, prev, place);
    UPDATE {book}.account AS a
    SET balance = m.balance, version = m.version, last_posting = posting_first - 1 - m.last
    FROM unnest(moved_id, moved_balance, moved_version, moved_version_read, moved_last)
        AS m (id, balance, version, version_read, last)
    WHERE a.id = m.id AND a.version = m.version_read;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF cardinality(note_place) > 0 THEN
        INSERT INTO {book}.entry_note (entry, sno, pno, code, info, data)
        SELECT entry_first + n.place, n.sno, n.pno, n.code, n.info, n.data::jsonb
        FROM unnest(note_place, note_sno, note_pno, note_code, note_info, note_data)
            AS n (place, sno, pno, code, info, data);
    END IF;
END $$;
COMMENT ON FUNCTION {book}.write_batch IS 'Writes judged entries with their keys, lines, notes and balances.';

-- The whole of a small batch in one call, for a writer who has judged it against what he remembers of the accounts:
-- locks them in the order of their numbers, and writes only if nothing has happened to any of them meanwhile.
-- Else it gives NULLs, and nothing is written.
CREATE FUNCTION {book}.write_unchanged(
    seen_id bigint[], seen_version bigint[], seen_floor bigint[], seen_closed_through timestamptz,
    entry_start integer[], entry_legs integer[], entry_reverses bigint[], entry_effective timestamptz[],
    entry_kind text[], entry_channel text[], entry_actor text[],
    key_key uuid[], key_place integer[], key_digest uuid[],
    line_entry integer[], line_account bigint[], line_version bigint[], line_amount bigint[],
    line_balance bigint[], line_prev bigint[],
    moved_id bigint[], moved_balance bigint[], moved_version bigint[], moved_version_read bigint[], moved_last bigint[],
    note_place integer[], note_sno text[], note_pno text[], note_code text[], note_info text[], note_data text[],
    OUT entry_first bigint, OUT posting_first bigint, OUT booked timestamptz, OUT moved integer
) LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({periods_lock});
    IF (
        SELECT array_agg(l.version) IS DISTINCT FROM seen_version OR array_agg(l.floor) IS DISTINCT FROM seen_floor
        FROM (
            SELECT a.version, coalesce(a.floor, -9000000000000000000) AS floor
            FROM {book}.account AS a
            WHERE a.id = ANY(seen_id) AND a.blocked = 'none' AND a.closed_at IS NULL ORDER BY a.id FOR UPDATE
        ) AS l
    ) OR (SELECT max(p.closed_through) FROM {book}.period AS p) IS DISTINCT FROM seen_closed_through
    THEN
        RETURN;
    END IF;
    SELECT w.entry_first, w.posting_first, w.booked, w.moved INTO entry_first, posting_first, booked, moved
    FROM {book}.write_batch(
        entry_start, entry_legs, entry_reverses, entry_effective, entry_kind, entry_channel, entry_actor,
        key_key, key_place, key_digest,
        line_entry, line_account, line_version, line_amount, line_balance, line_prev,
        moved_id, moved_balance, moved_version, moved_version_read, moved_last,
        note_place, note_sno, note_pno, note_code, note_info, note_data
    ) AS w;
END $$;
COMMENT ON FUNCTION {book}.write_unchanged IS 'Writes a judged batch if its accounts are as they were when it was judged.';
