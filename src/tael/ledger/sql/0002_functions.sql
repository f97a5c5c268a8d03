-- 0002_functions: the three things that the application may do in a book beyond plain INSERT and UPDATE of a balance.
-- All run as their owner, so that the application's role needs no right to create tables or to change an account.

-- Numbers for a batch, in one block, so that an entry's lines are neighbours and a later batch on the same
-- account has higher numbers. The advisory lock is held for microseconds and protects nextval + setval;
-- the handler frees it even when the statement is cancelled in between.
CREATE FUNCTION {book}.take_ids(
    entries integer, postings integer, OUT entry_first bigint, OUT posting_first bigint, OUT booked_at timestamptz
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_lock({numbers_lock});
    BEGIN
        entry_first := nextval('{book}.entry_id');
        PERFORM setval('{book}.entry_id', entry_first + entries - 1);
        posting_first := nextval('{book}.posting_id');
        PERFORM setval('{book}.posting_id', posting_first + postings - 1);
        booked_at := clock_timestamp();
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        PERFORM pg_advisory_unlock({numbers_lock});
        RAISE;
    END;
    PERFORM pg_advisory_unlock({numbers_lock});
END $$;
COMMENT ON FUNCTION {book}.take_ids IS 'Takes a block of entry and posting numbers and tells the time.';

-- The next leaf of entry and posting. A leaf is made apart and attached, which does not wait for readers or
-- writers of the table; a leaf already there is left alone.
CREATE FUNCTION {book}.add_leaves(entry_through bigint, posting_through bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    parent text;
    rows_in_leaf bigint;
    through bigint;
    leaf bigint;
BEGIN
    FOR parent, rows_in_leaf, through IN
        VALUES ('entry', {entries_in_leaf}::bigint, entry_through), ('posting', {postings_in_leaf}::bigint, posting_through)
    LOOP
        FOR leaf IN 0 .. through / rows_in_leaf LOOP
            CONTINUE WHEN to_regclass(format('{book}.%s_%s', parent, leaf)) IS NOT NULL;
            PERFORM pg_advisory_xact_lock({leaves_lock});
            CONTINUE WHEN to_regclass(format('{book}.%s_%s', parent, leaf)) IS NOT NULL;
            EXECUTE format('CREATE TABLE {book}.%1$s_%2$s (LIKE {book}.%1$s INCLUDING ALL)', parent, leaf);
            EXECUTE format('ALTER TABLE {book}.%1$s ATTACH PARTITION {book}.%1$s_%2$s FOR VALUES FROM (%3$s) TO (%4$s)',
                parent, leaf, leaf * rows_in_leaf, (leaf + 1) * rows_in_leaf);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION {book}.add_leaves IS 'Makes every leaf up to the ones that hold these numbers.';

CREATE FUNCTION {book}.room(
    OUT entry_end bigint, OUT posting_end bigint, OUT entries_in_leaf bigint, OUT postings_in_leaf bigint
) LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT (SELECT count(*) FROM pg_inherits WHERE inhparent = '{book}.entry'::regclass) * {entries_in_leaf},
        (SELECT count(*) FROM pg_inherits WHERE inhparent = '{book}.posting'::regclass) * {postings_in_leaf},
        {entries_in_leaf}, {postings_in_leaf}
$$;
COMMENT ON FUNCTION {book}.room IS 'The first numbers that have no leaf yet, and the size of a leaf.';

CREATE FUNCTION {book}.block_account(account_id bigint, what text)
RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE {book}.account SET blocked = what WHERE id = account_id RETURNING true
$$;
COMMENT ON FUNCTION {book}.block_account IS 'Stops debits, credits or both; takes the row lock, so it is in force from its commit on.';

CREATE FUNCTION {book}.close_account(account_id bigint)
RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE {book}.account SET closed_at = clock_timestamp()
    WHERE id = account_id AND balance = 0 AND closed_at IS NULL RETURNING true
$$;
COMMENT ON FUNCTION {book}.close_account IS 'Closes an empty account for good.';

SELECT {book}.add_leaves({entries_in_leaf}, {postings_in_leaf});
