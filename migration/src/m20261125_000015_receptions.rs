//! Reception days, their slots and receiving members; bookings and waiting lists, counted and ordered by the database.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The declared moves; the test `the_moves_of_bookings_are_those_of_the_database` compares.
const MOVES: &[(&str, &str)] = &[
    ("BOOKED", "CHECKED_IN"),
    ("BOOKED", "CANCELLED"),
    ("BOOKED", "NO_SHOW"),
    ("BOOKED", "MOVE_PROPOSED"),
    ("CHECKED_IN", "SERVED"),
    ("CHECKED_IN", "LEFT"),
    ("NO_SHOW", "CHECKED_IN"),
    ("MOVE_PROPOSED", "BOOKED"),
    ("MOVE_PROPOSED", "CANCELLED"),
    ("WAITLISTED", "OFFERED"),
    ("WAITLISTED", "CANCELLED"),
    ("WAITLISTED", "LAPSED"),
    ("OFFERED", "BOOKED"),
    ("OFFERED", "DECLINED"),
    ("OFFERED", "EXPIRED"),
    ("OFFERED", "CANCELLED"),
    ("OFFERED", "LAPSED"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // A process killed half-way leaves nothing half made, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, TABLES).await?;
        for (from, to) in MOVES {
            ddl::run(manager, &format!("INSERT INTO booking_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        ddl::append_only(manager, "reception_day_events").await?;
        ddl::append_only(manager, "booking_events").await?;
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- A reception day: where and when members receive residents, or leaders members. HELD and RECORDED follow from the clock and
-- from its visits and are stored nowhere.
CREATE TABLE reception_days (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN ('MEMBERS_RECEIVE_RESIDENTS', 'LEADERS_RECEIVE_MEMBERS')),
    venue_id {uuid} NOT NULL REFERENCES venues (id),
    -- That of the venue: whose desk it is.
    division_code {code} NOT NULL REFERENCES divisions (code),
    -- The calendar day in Asia/Shanghai.
    day TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PLANNED', 'PUBLISHED', 'CANCELLED')),
    version BIGINT NOT NULL,
    theme TEXT,
    -- From when on places can be booked; NULL: from its publication.
    opens_at BIGINT,
    level TEXT NOT NULL CHECK (level IN ('PHONE', 'REAL_NAME')),
    -- Its own time in the calendar.
    occasion_id {uuid} NOT NULL REFERENCES occasions (id),
    -- The duty in the studio that it is part of, if it is.
    duty_occasion_id {uuid} REFERENCES occasions (id),
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    changed_at BIGINT NOT NULL,
    -- Why it was cancelled; told to everyone concerned.
    cancel_reason TEXT,
    CONSTRAINT day_is_iso CHECK (length(day) = 10),
    CONSTRAINT day_has_length CHECK (from_at < until_at),
    CONSTRAINT cancelled_with_a_reason CHECK ((state = 'CANCELLED') = (cancel_reason IS NOT NULL))
) {strict};
CREATE INDEX reception_days_by_time ON reception_days (from_at, id);
CREATE INDEX reception_days_of_desk ON reception_days (committee_id, division_code, from_at);
CREATE INDEX reception_days_of_venue ON reception_days (venue_id, from_at);

CREATE TABLE reception_day_events (
    day_id {uuid} NOT NULL REFERENCES reception_days (id),
    version BIGINT NOT NULL,
    id {uuid} NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (day_id, version)
) {strict};

-- Part of a day with so many places. The counts are kept by the triggers of bookings and by nobody else.
CREATE TABLE reception_slots (
    id {uuid} PRIMARY KEY,
    day_id {uuid} NOT NULL REFERENCES reception_days (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity BETWEEN 0 AND 1000),
    -- Bookings in BOOKED, OFFERED, CHECKED_IN, MOVE_PROPOSED.
    taken BIGINT NOT NULL DEFAULT 0 CHECK (taken >= 0),
    -- Bookings in WAITLISTED.
    waiting BIGINT NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    -- The last number given on the waiting list.
    last_number BIGINT NOT NULL DEFAULT 0,
    -- Grows with every change of a booking: the order of the log.
    seq BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT slot_has_length CHECK (from_at < until_at)
) {strict};
CREATE INDEX reception_slots_of_day ON reception_slots (day_id, from_at, id);
CREATE INDEX reception_slots_waited_for ON reception_slots (from_at) WHERE waiting > 0;

-- Members who receive on that day: asked, and what they said.
CREATE TABLE reception_receivers (
    id {uuid} PRIMARY KEY,
    day_id {uuid} NOT NULL REFERENCES reception_days (id),
    member_id {uuid} NOT NULL REFERENCES members (id),
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('ASKED', 'ACCEPTED', 'DECLINED', 'REPLACED')),
    version BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    -- Whether the day takes their time in the calendar; not where they have duty there already.
    took_time {bool} NOT NULL,
    changed_at BIGINT NOT NULL,
    -- Why they cannot, under their own key.
    reason_enc {bytes}
) {strict};
CREATE INDEX reception_receivers_of_day ON reception_receivers (day_id, id);
CREATE INDEX reception_receivers_of_account ON reception_receivers (account_id, day_id);
CREATE UNIQUE INDEX receives_once ON reception_receivers (day_id, member_id) WHERE state IN ('ASKED', 'ACCEPTED', 'DECLINED');

CREATE TABLE booking_moves (from_state TEXT NOT NULL, to_state TEXT NOT NULL, PRIMARY KEY (from_state, to_state)) {strict};

-- A visit of one person to a slot, from wish to end.
CREATE TABLE bookings (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    day_id {uuid} NOT NULL REFERENCES reception_days (id),
    slot_id {uuid} NOT NULL REFERENCES reception_slots (id),
    -- That of the reception day: one place a person, committee and day.
    day TEXT NOT NULL,
    -- Who: the keyed hash of the phone, so that a caller and an account of one phone are one person; else the id.
    person_key {bytes} NOT NULL,
    -- Whose time it takes in the calendar.
    subject_id {uuid} NOT NULL,
    account_id {uuid} REFERENCES accounts (id),
    caller_id {uuid} REFERENCES callers (id),
    entered_by {uuid} REFERENCES accounts (id),
    channel TEXT NOT NULL CHECK (channel IN ('ONLINE', 'PHONE', 'WALK_IN')),
    state TEXT NOT NULL CHECK (state IN ('BOOKED', 'CHECKED_IN', 'SERVED', 'LEFT', 'CANCELLED', 'NO_SHOW', 'MOVE_PROPOSED',
        'WAITLISTED', 'OFFERED', 'DECLINED', 'EXPIRED', 'LAPSED')),
    version BIGINT NOT NULL,
    -- On the waiting list, given under the slot's lock.
    number BIGINT,
    category TEXT NOT NULL,
    -- The matter in a few words, under the person's key; forgotten a year after the reply.
    matter_enc {bytes},
    heads BIGINT NOT NULL CHECK (heads BETWEEN 1 AND 50),
    no_sms {bool} NOT NULL,
    booked_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    offer_expires_at BIGINT,
    -- A place was free, and they had another one that day.
    passed_over_at BIGINT,
    -- There are too few places since, and they were asked to choose another time.
    asked_to_move_at BIGINT,
    remind_at BIGINT,
    CONSTRAINT somebody_comes CHECK (account_id IS NOT NULL OR caller_id IS NOT NULL),
    CONSTRAINT offered_until CHECK (state <> 'OFFERED' OR offer_expires_at IS NOT NULL),
    CONSTRAINT waits_by_number CHECK (state NOT IN ('WAITLISTED', 'OFFERED', 'DECLINED', 'EXPIRED', 'LAPSED') OR number IS NOT NULL),
    CONSTRAINT one_number_per_slot UNIQUE (slot_id, number)
) {strict};
-- Whoever has a place holds it until they are gone: one a person, committee and day. What is proposed is not had yet.
CREATE UNIQUE INDEX one_booking_a_day ON bookings (committee_id, person_key, day) WHERE state IN ('BOOKED', 'OFFERED', 'CHECKED_IN');
CREATE UNIQUE INDEX one_visit_per_slot ON bookings (slot_id, person_key)
    WHERE state IN ('WAITLISTED', 'OFFERED', 'BOOKED', 'CHECKED_IN', 'MOVE_PROPOSED');
CREATE INDEX bookings_waiting ON bookings (slot_id, number) WHERE state = 'WAITLISTED';
CREATE INDEX bookings_offered ON bookings (offer_expires_at) WHERE state = 'OFFERED';
CREATE INDEX bookings_of_slot ON bookings (slot_id, id);
CREATE INDEX bookings_of_day ON bookings (day_id, id);
CREATE INDEX bookings_of_account ON bookings (account_id, id);
CREATE INDEX bookings_of_person ON bookings (person_key, id);
CREATE INDEX bookings_to_remind ON bookings (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX bookings_with_matter ON bookings (changed_at) WHERE matter_enc IS NOT NULL;

-- Append-only: one row a move, in the order of the slot.
CREATE TABLE booking_events (
    booking_id {uuid} NOT NULL REFERENCES bookings (id),
    version BIGINT NOT NULL,
    id {uuid} NOT NULL UNIQUE,
    slot_id {uuid} NOT NULL REFERENCES reception_slots (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    to_state TEXT NOT NULL,
    -- The number on the waiting list it then had.
    number BIGINT,
    -- Places taken after it, and how many there were: the log proves by itself that no place was given twice or forgotten.
    taken BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid},
    PRIMARY KEY (booking_id, version),
    CONSTRAINT one_after_another UNIQUE (slot_id, seq)
) {strict};
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION booking_breaks(rule text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = rule, MESSAGE = rule;
END $$;
CREATE FUNCTION booking_takes(state text) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED') THEN 1 ELSE 0 END $$;

-- The slot is taken first, so that whoever wants it waits here and nowhere else: no overbooking, by this one statement.
CREATE FUNCTION booking_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE takes bigint := booking_takes(NEW.state); waits bigint := (NEW.state = 'WAITLISTED')::int; others bigint;
BEGIN
    UPDATE reception_slots SET taken = taken + takes, waiting = waiting + waits, seq = seq + 1
        WHERE id = NEW.slot_id AND (takes = 0 OR taken + takes <= capacity) RETURNING waiting - waits INTO others;
    IF NOT FOUND THEN PERFORM booking_breaks('slot_is_full'); END IF;
    IF NOT EXISTS (SELECT 1 FROM reception_days d WHERE d.id = NEW.day_id AND d.state = 'PUBLISHED' AND d.day = NEW.day) THEN
        PERFORM booking_breaks('day_is_open');
    END IF;
    -- While people wait who could come, a free place is offered, never booked.
    IF takes = 1 AND others > 0 AND EXISTS (
        SELECT 1 FROM bookings w WHERE w.slot_id = NEW.slot_id AND w.state = 'WAITLISTED' AND NOT EXISTS (
            SELECT 1 FROM bookings h WHERE h.committee_id = w.committee_id AND h.person_key = w.person_key AND h.day = w.day
                AND h.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN'))) THEN
        PERFORM booking_breaks('waiting_first');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_made BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION booking_made();

CREATE FUNCTION booking_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE takes bigint := booking_takes(NEW.state) - booking_takes(OLD.state);
        waits bigint := (NEW.state = 'WAITLISTED')::int - (OLD.state = 'WAITLISTED')::int;
BEGIN
    -- Notes on a booking (a reminder, a forgotten matter) are no moves.
    IF NEW.version = OLD.version AND NEW.state = OLD.state AND NEW.day = OLD.day THEN RETURN NEW; END IF;
    IF NEW.version <> OLD.version + 1 THEN PERFORM booking_breaks('version_grows_by_one'); END IF;
    IF NEW.slot_id <> OLD.slot_id OR NEW.day_id <> OLD.day_id THEN PERFORM booking_breaks('a_booking_keeps_its_slot'); END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM booking_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        PERFORM booking_breaks('undeclared_move');
    END IF;
    IF OLD.state = 'OFFERED' AND NEW.state = 'BOOKED' AND NEW.changed_at >= OLD.offer_expires_at THEN PERFORM booking_breaks('offer_is_open'); END IF;
    UPDATE reception_slots SET taken = taken + takes, waiting = waiting + waits, seq = seq + 1
        WHERE id = NEW.slot_id AND (takes <= 0 OR taken + takes <= capacity);
    IF NOT FOUND THEN PERFORM booking_breaks('slot_is_full'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_moved BEFORE UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION booking_moved();
CREATE TRIGGER bookings_no_delete BEFORE DELETE ON bookings FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');

CREATE FUNCTION reception_day_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN PERFORM booking_breaks('version_grows_by_one'); END IF;
    IF OLD.state = 'CANCELLED' OR (OLD.state = 'PUBLISHED' AND NEW.state = 'PLANNED') THEN PERFORM booking_breaks('undeclared_move'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reception_day_moved BEFORE UPDATE ON reception_days FOR EACH ROW EXECUTE FUNCTION reception_day_moved();
CREATE TRIGGER reception_days_no_delete BEFORE DELETE ON reception_days FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE TRIGGER reception_slots_no_delete BEFORE DELETE ON reception_slots FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE TRIGGER reception_receivers_no_delete BEFORE DELETE ON reception_receivers FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER booking_made BEFORE INSERT ON bookings BEGIN
    SELECT RAISE(ABORT, 'slot_is_full') WHERE NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')
        AND NOT EXISTS (SELECT 1 FROM reception_slots WHERE id = NEW.slot_id AND taken + 1 <= capacity);
    SELECT RAISE(ABORT, 'day_is_open') WHERE NOT EXISTS
        (SELECT 1 FROM reception_days d WHERE d.id = NEW.day_id AND d.state = 'PUBLISHED' AND d.day = NEW.day);
    SELECT RAISE(ABORT, 'waiting_first') WHERE NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED') AND EXISTS (
        SELECT 1 FROM bookings w WHERE w.slot_id = NEW.slot_id AND w.state = 'WAITLISTED' AND NOT EXISTS (
            SELECT 1 FROM bookings h WHERE h.committee_id = w.committee_id AND h.person_key = w.person_key AND h.day = w.day
                AND h.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN')));
    SELECT RAISE(ABORT, 'one_booking_a_day') WHERE NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN') AND EXISTS (
        SELECT 1 FROM bookings o WHERE o.committee_id = NEW.committee_id AND o.person_key = NEW.person_key AND o.day = NEW.day
            AND o.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN'));
    SELECT RAISE(ABORT, 'one_visit_per_slot') WHERE NEW.state IN ('WAITLISTED', 'OFFERED', 'BOOKED', 'CHECKED_IN', 'MOVE_PROPOSED') AND EXISTS (
        SELECT 1 FROM bookings o WHERE o.slot_id = NEW.slot_id AND o.person_key = NEW.person_key
            AND o.state IN ('WAITLISTED', 'OFFERED', 'BOOKED', 'CHECKED_IN', 'MOVE_PROPOSED'));
    UPDATE reception_slots SET taken = taken + (NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')),
        waiting = waiting + (NEW.state = 'WAITLISTED'), seq = seq + 1 WHERE id = NEW.slot_id;
END;
CREATE TRIGGER booking_moved BEFORE UPDATE ON bookings
WHEN NOT (NEW.version = OLD.version AND NEW.state = OLD.state AND NEW.day = OLD.day) BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'a_booking_keeps_its_slot') WHERE NEW.slot_id <> OLD.slot_id OR NEW.day_id <> OLD.day_id;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> OLD.state
        AND NOT EXISTS (SELECT 1 FROM booking_moves WHERE from_state = OLD.state AND to_state = NEW.state);
    SELECT RAISE(ABORT, 'offer_is_open') WHERE OLD.state = 'OFFERED' AND NEW.state = 'BOOKED' AND NEW.changed_at >= OLD.offer_expires_at;
    SELECT RAISE(ABORT, 'slot_is_full') WHERE NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')
        AND OLD.state NOT IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')
        AND NOT EXISTS (SELECT 1 FROM reception_slots WHERE id = NEW.slot_id AND taken + 1 <= capacity);
    SELECT RAISE(ABORT, 'one_booking_a_day') WHERE NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN') AND EXISTS (
        SELECT 1 FROM bookings o WHERE o.committee_id = NEW.committee_id AND o.person_key = NEW.person_key AND o.day = NEW.day
            AND o.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN') AND o.id <> NEW.id);
    SELECT RAISE(ABORT, 'one_visit_per_slot') WHERE NEW.state IN ('WAITLISTED', 'OFFERED', 'BOOKED', 'CHECKED_IN', 'MOVE_PROPOSED') AND EXISTS (
        SELECT 1 FROM bookings o WHERE o.slot_id = NEW.slot_id AND o.person_key = NEW.person_key AND o.id <> NEW.id
            AND o.state IN ('WAITLISTED', 'OFFERED', 'BOOKED', 'CHECKED_IN', 'MOVE_PROPOSED'));
    UPDATE reception_slots SET
        taken = taken + (NEW.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')) - (OLD.state IN ('BOOKED', 'OFFERED', 'CHECKED_IN', 'MOVE_PROPOSED')),
        waiting = waiting + (NEW.state = 'WAITLISTED') - (OLD.state = 'WAITLISTED'), seq = seq + 1 WHERE id = NEW.slot_id;
END;
CREATE TRIGGER bookings_no_delete BEFORE DELETE ON bookings BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER receives_once BEFORE INSERT ON reception_receivers BEGIN
    SELECT RAISE(ABORT, 'receives_once') WHERE EXISTS (SELECT 1 FROM reception_receivers o
        WHERE o.day_id = NEW.day_id AND o.member_id = NEW.member_id AND o.state IN ('ASKED', 'ACCEPTED', 'DECLINED'));
END;
CREATE TRIGGER reception_day_moved BEFORE UPDATE ON reception_days BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE OLD.state = 'CANCELLED' OR (OLD.state = 'PUBLISHED' AND NEW.state = 'PLANNED');
END;
CREATE TRIGGER reception_days_no_delete BEFORE DELETE ON reception_days BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER reception_slots_no_delete BEFORE DELETE ON reception_slots BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER reception_receivers_no_delete BEFORE DELETE ON reception_receivers BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
