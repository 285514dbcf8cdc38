//! Minutes, the items agreed on and what becomes of them, reports, ratings.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Further declared moves of consultations.
const MOVES: &[(&str, &str)] = &[
    ("IN_SITTING", "MINUTED"),
    ("MINUTED", "REPORTED"),
    ("REPORTED", "TRACKING"),
    ("REPORTED", "EVALUATED"),
    ("TRACKING", "EVALUATED"),
    ("EVALUATED", "CLOSED"),
    ("CLOSED", "REOPENED"),
    ("REOPENED", "TRACKING"),
];

/// The declared moves of agreed items.
const ITEM_MOVES: &[(&str, &str)] = &[
    ("OPEN", "ACCEPTED"),
    ("OPEN", "RETURNED"),
    ("ACCEPTED", "RETURNED"),
    ("IN_PROGRESS", "RETURNED"),
    ("RETURNED", "OPEN"),
    ("ACCEPTED", "IN_PROGRESS"),
    ("OPEN", "DONE"),
    ("ACCEPTED", "DONE"),
    ("IN_PROGRESS", "DONE"),
    ("OPEN", "CANNOT"),
    ("ACCEPTED", "CANNOT"),
    ("IN_PROGRESS", "CANNOT"),
    ("CANNOT", "OPEN"),
    ("DONE", "CONFIRMED"),
    ("DONE", "DISPUTED"),
    ("DONE", "CLOSED_UNCONFIRMED"),
    ("DISPUTED", "IN_PROGRESS"),
    ("DISPUTED", "RETURNED"),
    ("DISPUTED", "DONE"),
    ("DISPUTED", "CANNOT"),
    ("OPEN", "SUPERSEDED"),
    ("ACCEPTED", "SUPERSEDED"),
    ("RETURNED", "SUPERSEDED"),
    ("IN_PROGRESS", "SUPERSEDED"),
    ("DISPUTED", "SUPERSEDED"),
    ("CANNOT", "SUPERSEDED"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // A process killed half-way leaves nothing half made, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, TABLES).await?;
        for (table, moves) in [("consultation_moves", MOVES), ("agreed_item_moves", ITEM_MOVES)] {
            for (from, to) in moves {
                ddl::run(manager, &format!("INSERT INTO {table} (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
            }
        }
        for table in [
            "minutes_items",
            "minutes_signatures",
            "agreed_item_events",
            "agreed_item_words",
            "consultation_reports",
            "consultation_instructions",
            "consultation_evaluators",
            "consultation_evaluations",
            "consultation_evaluation_answers",
        ] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- Each draft is a row of its own; the last published one is in force.
CREATE TABLE consultation_minutes (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    published_at BIGINT,
    CONSTRAINT one_draft_per_number UNIQUE (consultation_id, number)
) {strict};

CREATE TABLE agreed_item_moves (from_state TEXT NOT NULL, to_state TEXT NOT NULL, PRIMARY KEY (from_state, to_state)) {strict};

-- What was agreed on: who does what until when. Public.
CREATE TABLE agreed_items (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    division_code {code} NOT NULL REFERENCES divisions (code),
    number BIGINT NOT NULL,
    task TEXT NOT NULL,
    unit_id {uuid} NOT NULL REFERENCES organisations (id),
    -- Until the end of that day in Asia/Shanghai, as a moment.
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    -- When its unit was given it; NULL: the consultation is not reported yet.
    given_at BIGINT,
    -- Disputed so often, plus one: words of raisers are of one round.
    round BIGINT NOT NULL,
    done_at BIGINT,
    -- What the unit did, or why it cannot.
    evidence TEXT,
    ended_at BIGINT,
    changed_at BIGINT NOT NULL,
    CONSTRAINT one_item_per_number UNIQUE (consultation_id, number),
    CONSTRAINT done_with_evidence CHECK (state NOT IN ('DONE', 'CANNOT', 'CONFIRMED', 'DISPUTED', 'CLOSED_UNCONFIRMED') OR evidence IS NOT NULL),
    CONSTRAINT ended_items_have_an_end CHECK ((ended_at IS NOT NULL) = (state IN ('CONFIRMED', 'CLOSED_UNCONFIRMED', 'SUPERSEDED'))
        OR state = 'CANNOT')
) {strict};
CREATE INDEX agreed_items_of_unit ON agreed_items (unit_id, id);
CREATE INDEX agreed_items_in ON agreed_items (division_code, id);
CREATE INDEX agreed_items_done ON agreed_items (done_at) WHERE state = 'DONE';
CREATE INDEX agreed_items_open ON agreed_items (due_at) WHERE ended_at IS NULL;

CREATE TABLE agreed_item_events (
    item_id {uuid} NOT NULL REFERENCES agreed_items (id),
    version BIGINT NOT NULL,
    id {uuid} NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} REFERENCES accounts (id),
    note TEXT,
    PRIMARY KEY (item_id, version)
) {strict};

-- The items as a draft has them: those of before under their own id, and new ones.
CREATE TABLE minutes_items (
    minutes_id {uuid} NOT NULL REFERENCES consultation_minutes (id),
    number BIGINT NOT NULL,
    item_id {uuid} REFERENCES agreed_items (id),
    task TEXT NOT NULL,
    unit_id {uuid} REFERENCES organisations (id),
    due_at BIGINT,
    superseded {bool} NOT NULL,
    -- Whether this version changes it: what is left as it was follows the item.
    touched {bool} NOT NULL,
    PRIMARY KEY (minutes_id, number),
    CONSTRAINT only_what_is_there_is_superseded CHECK (NOT superseded OR item_id IS NOT NULL)
) {strict};

CREATE TABLE minutes_signatures (
    minutes_id {uuid} NOT NULL REFERENCES consultation_minutes (id),
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    convenor {bool} NOT NULL,
    objects {bool} NOT NULL,
    -- Under their own key.
    note_enc {bytes},
    at BIGINT NOT NULL,
    PRIMARY KEY (minutes_id, account_id),
    CONSTRAINT objects_with_a_note CHECK (NOT objects OR note_enc IS NOT NULL)
) {strict};

-- What those who asked say to what was done, once a round each; the reason under their own key.
CREATE TABLE agreed_item_words (
    item_id {uuid} NOT NULL REFERENCES agreed_items (id),
    round BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    kept {bool} NOT NULL,
    reason_enc {bytes},
    at BIGINT NOT NULL,
    PRIMARY KEY (item_id, round, account_id)
) {strict};
CREATE INDEX agreed_item_words_by ON agreed_item_words (account_id, at);

-- To whom a consultation was reported; internal.
CREATE TABLE consultation_reports (
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    number BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (consultation_id, number)
) {strict};

-- What leaders wrote on it (批示); internal.
CREATE TABLE consultation_instructions (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    given_by TEXT NOT NULL,
    day TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    CONSTRAINT day_is_iso CHECK (length(day) = 10)
) {strict};
CREATE INDEX consultation_instructions_of ON consultation_instructions (consultation_id, id);

-- Who evaluates one consultation from outside.
CREATE TABLE consultation_evaluators (
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    named_by {uuid} NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (consultation_id, account_id)
) {strict};

CREATE TABLE consultation_evaluations (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    round BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    -- Organisers' ratings are kept and shown apart.
    outside {bool} NOT NULL,
    evaluator {bool} NOT NULL,
    -- Under their own key.
    comment_enc {bytes},
    at BIGINT NOT NULL,
    CONSTRAINT evaluated_once UNIQUE (consultation_id, round, account_id)
) {strict};
CREATE INDEX consultation_evaluations_by ON consultation_evaluations (account_id, id);
CREATE TABLE consultation_evaluation_answers (
    evaluation_id {uuid} NOT NULL REFERENCES consultation_evaluations (id),
    number BIGINT NOT NULL,
    stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
    PRIMARY KEY (evaluation_id, number)
) {strict};
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION minutes_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
        OR (NEW.id, NEW.consultation_id, NEW.number, NEW.text, NEW.at) <> (OLD.id, OLD.consultation_id, OLD.number, OLD.text, OLD.at) THEN
        PERFORM consultation_breaks('minutes_are_only_published');
    END IF;
    -- Who led a sitting, or the chair in their stead.
    IF NOT EXISTS (SELECT 1 FROM minutes_signatures g WHERE g.minutes_id = NEW.id AND NOT g.objects AND (
        EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.convenor_account_id = g.account_id AND s.consultation_id = NEW.consultation_id
            AND s.state = 'HELD')
        OR EXISTS (SELECT 1 FROM appointments a JOIN consultations c ON c.committee_id = a.committee_id
            WHERE c.id = NEW.consultation_id AND a.account_id = g.account_id AND a.role = 'CHAIR'))) THEN
        PERFORM consultation_breaks('not_signed');
    END IF;
    IF EXISTS (SELECT 1 FROM minutes_signatures WHERE minutes_id = NEW.id AND convenor AND objects) THEN
        PERFORM consultation_breaks('not_signed');
    END IF;
    IF EXISTS (SELECT 1 FROM minutes_items WHERE minutes_id = NEW.id AND (unit_id IS NULL OR due_at IS NULL)) THEN
        PERFORM consultation_breaks('item_without_unit');
    END IF;
    IF EXISTS (SELECT 1 FROM agreed_items a WHERE a.consultation_id = NEW.consultation_id
        AND NOT EXISTS (SELECT 1 FROM minutes_items m WHERE m.minutes_id = NEW.id AND m.item_id = a.id)) THEN
        PERFORM consultation_breaks('items_are_never_dropped');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER minutes_published BEFORE UPDATE ON consultation_minutes FOR EACH ROW EXECUTE FUNCTION minutes_published();
CREATE TRIGGER consultation_minutes_no_delete BEFORE DELETE ON consultation_minutes FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION agreed_item_made() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'OPEN' OR NEW.version <> 1 THEN PERFORM consultation_breaks('undeclared_move'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreed_item_made BEFORE INSERT ON agreed_items FOR EACH ROW EXECUTE FUNCTION agreed_item_made();
CREATE FUNCTION agreed_item_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN PERFORM consultation_breaks('version_grows_by_one'); END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM agreed_item_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        PERFORM consultation_breaks('undeclared_move');
    END IF;
    IF (NEW.consultation_id, NEW.number) <> (OLD.consultation_id, OLD.number) THEN PERFORM consultation_breaks('an_item_keeps_its_number'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreed_item_moved BEFORE UPDATE ON agreed_items FOR EACH ROW EXECUTE FUNCTION agreed_item_moved();
CREATE TRIGGER agreed_items_no_delete BEFORE DELETE ON agreed_items FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION consultation_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'MINUTED' AND (NEW.share_met IS NULL OR NOT EXISTS
        (SELECT 1 FROM consultation_minutes WHERE consultation_id = NEW.id AND published_at IS NOT NULL)) THEN
        PERFORM consultation_breaks('no_minutes');
    END IF;
    IF NEW.state = 'MINUTED' AND EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.consultation_id = NEW.id AND s.state = 'HELD'
        AND NOT EXISTS (SELECT 1 FROM consultation_attendance a WHERE a.sitting_id = s.id)) THEN
        PERFORM consultation_breaks('no_attendance');
    END IF;
    IF NEW.state = 'REPORTED' AND NOT EXISTS (SELECT 1 FROM consultation_reports WHERE consultation_id = NEW.id) THEN
        PERFORM consultation_breaks('no_recipients');
    END IF;
    IF NEW.state = 'EVALUATED' AND NEW.changed_at < NEW.rating_since + 2592000000000 AND NOT EXISTS
        (SELECT 1 FROM consultation_evaluations WHERE consultation_id = NEW.id AND round = NEW.round AND outside) THEN
        PERFORM consultation_breaks('no_outside_rating');
    END IF;
    IF NEW.state IN ('EVALUATED', 'CLOSED') AND EXISTS
        (SELECT 1 FROM agreed_items WHERE consultation_id = NEW.id AND ended_at IS NULL) THEN
        PERFORM consultation_breaks('items_open');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_goes_on BEFORE UPDATE ON consultations FOR EACH ROW WHEN (NEW.state <> OLD.state)
    EXECUTE FUNCTION consultation_goes_on();
";

const RULES_SQLITE: &str = "
CREATE TRIGGER minutes_published BEFORE UPDATE ON consultation_minutes BEGIN
    SELECT RAISE(ABORT, 'minutes_are_only_published') WHERE OLD.published_at IS NOT NULL OR NEW.published_at IS NULL OR NEW.id <> OLD.id
        OR NEW.consultation_id <> OLD.consultation_id OR NEW.number <> OLD.number OR NEW.text <> OLD.text OR NEW.at <> OLD.at;
    SELECT RAISE(ABORT, 'not_signed') WHERE NOT EXISTS (SELECT 1 FROM minutes_signatures g WHERE g.minutes_id = NEW.id AND NOT g.objects AND (
        EXISTS (SELECT 1 FROM consultation_sittings s WHERE s.convenor_account_id = g.account_id AND s.consultation_id = NEW.consultation_id
            AND s.state = 'HELD')
        OR EXISTS (SELECT 1 FROM appointments a JOIN consultations c ON c.committee_id = a.committee_id
            WHERE c.id = NEW.consultation_id AND a.account_id = g.account_id AND a.role = 'CHAIR')));
    SELECT RAISE(ABORT, 'not_signed') WHERE EXISTS (SELECT 1 FROM minutes_signatures WHERE minutes_id = NEW.id AND convenor AND objects);
    SELECT RAISE(ABORT, 'item_without_unit') WHERE EXISTS
        (SELECT 1 FROM minutes_items WHERE minutes_id = NEW.id AND (unit_id IS NULL OR due_at IS NULL));
    SELECT RAISE(ABORT, 'items_are_never_dropped') WHERE EXISTS (SELECT 1 FROM agreed_items a WHERE a.consultation_id = NEW.consultation_id
        AND NOT EXISTS (SELECT 1 FROM minutes_items m WHERE m.minutes_id = NEW.id AND m.item_id = a.id));
END;
CREATE TRIGGER consultation_minutes_no_delete BEFORE DELETE ON consultation_minutes BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER minutes_drafted BEFORE INSERT ON consultation_minutes BEGIN
    SELECT RAISE(ABORT, 'one_draft_per_number') WHERE EXISTS
        (SELECT 1 FROM consultation_minutes o WHERE o.consultation_id = NEW.consultation_id AND o.number = NEW.number);
END;
CREATE TRIGGER evaluated_once BEFORE INSERT ON consultation_evaluations BEGIN
    SELECT RAISE(ABORT, 'evaluated_once') WHERE EXISTS (SELECT 1 FROM consultation_evaluations o
        WHERE o.consultation_id = NEW.consultation_id AND o.round = NEW.round AND o.account_id = NEW.account_id);
END;
CREATE TRIGGER agreed_item_made BEFORE INSERT ON agreed_items BEGIN
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> 'OPEN' OR NEW.version <> 1;
END;
CREATE TRIGGER agreed_item_moved BEFORE UPDATE ON agreed_items BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> OLD.state
        AND NOT EXISTS (SELECT 1 FROM agreed_item_moves WHERE from_state = OLD.state AND to_state = NEW.state);
    SELECT RAISE(ABORT, 'an_item_keeps_its_number') WHERE NEW.consultation_id <> OLD.consultation_id OR NEW.number <> OLD.number;
END;
CREATE TRIGGER agreed_items_no_delete BEFORE DELETE ON agreed_items BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER consultation_goes_on BEFORE UPDATE ON consultations WHEN NEW.state <> OLD.state BEGIN
    SELECT RAISE(ABORT, 'one_consultation_per_topic') WHERE NEW.state = 'REOPENED' AND NEW.topic_id IS NOT NULL AND EXISTS
        (SELECT 1 FROM consultations o WHERE o.topic_id = NEW.topic_id AND o.id <> NEW.id AND o.state NOT IN ('CANCELLED', 'CLOSED'));
    SELECT RAISE(ABORT, 'no_minutes') WHERE NEW.state = 'MINUTED' AND (NEW.share_met IS NULL OR NOT EXISTS
        (SELECT 1 FROM consultation_minutes WHERE consultation_id = NEW.id AND published_at IS NOT NULL));
    SELECT RAISE(ABORT, 'no_attendance') WHERE NEW.state = 'MINUTED' AND EXISTS (SELECT 1 FROM consultation_sittings s
        WHERE s.consultation_id = NEW.id AND s.state = 'HELD'
        AND NOT EXISTS (SELECT 1 FROM consultation_attendance a WHERE a.sitting_id = s.id));
    SELECT RAISE(ABORT, 'no_recipients') WHERE NEW.state = 'REPORTED' AND NOT EXISTS
        (SELECT 1 FROM consultation_reports WHERE consultation_id = NEW.id);
    SELECT RAISE(ABORT, 'no_outside_rating') WHERE NEW.state = 'EVALUATED' AND NEW.changed_at < NEW.rating_since + 2592000000000
        AND NOT EXISTS (SELECT 1 FROM consultation_evaluations WHERE consultation_id = NEW.id AND round = NEW.round AND outside);
    SELECT RAISE(ABORT, 'items_open') WHERE NEW.state IN ('EVALUATED', 'CLOSED') AND EXISTS
        (SELECT 1 FROM agreed_items WHERE consultation_id = NEW.id AND ended_at IS NULL);
END;
";
