//! The year's plan, the chair's meetings that decide, and consultations from proposal to research.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The declared moves; the test `the_moves_of_consultations_are_those_of_the_database` compares.
const MOVES: &[(&str, &str)] = &[
    ("PROPOSED", "SELECTED"),
    ("PROPOSED", "CANCELLED"),
    ("SELECTED", "RESEARCHING"),
    ("SELECTED", "POSTPONED"),
    ("SELECTED", "CANCELLED"),
    ("RESEARCHING", "POSTPONED"),
    ("RESEARCHING", "CANCELLED"),
    ("POSTPONED", "RESEARCHING"),
    ("POSTPONED", "CANCELLED"),
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
            ddl::run(manager, &format!("INSERT INTO consultation_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        for table in ["plan_comments", "chair_meetings", "chair_decisions", "consultation_events", "consultation_research"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- What a committee means to consult about in a year. Whether it is a draft, commented or approved follows from its comments, the clock
-- and approved_version.
CREATE TABLE year_plans (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    year BIGINT NOT NULL CHECK (year BETWEEN 2000 AND 2200),
    version BIGINT NOT NULL,
    -- Until when members comment; then the chair's meeting may decide, whether anybody has or not.
    comments_until BIGINT NOT NULL,
    drafted_at BIGINT NOT NULL,
    drafted_by {uuid} NOT NULL REFERENCES accounts (id),
    -- The version that was approved last, and when.
    approved_version BIGINT,
    approved_at BIGINT,
    CONSTRAINT one_plan_per_year UNIQUE (committee_id, year),
    CONSTRAINT approved_at_a_time CHECK ((approved_version IS NULL) = (approved_at IS NULL))
) {strict};

-- Items are added and dropped by version, never changed.
CREATE TABLE plan_items (
    id {uuid} PRIMARY KEY,
    plan_id {uuid} NOT NULL REFERENCES year_plans (id),
    programme_id {uuid} NOT NULL REFERENCES programmes (id),
    title TEXT NOT NULL,
    -- Where; for a programme at township level the township.
    division_code {code} NOT NULL REFERENCES divisions (code),
    organiser_id {uuid} NOT NULL REFERENCES organisations (id),
    quarter BIGINT NOT NULL CHECK (quarter BETWEEN 1 AND 4),
    added_in BIGINT NOT NULL,
    dropped_in BIGINT,
    CONSTRAINT dropped_later CHECK (dropped_in IS NULL OR dropped_in > added_in)
) {strict};
CREATE INDEX plan_items_of_plan ON plan_items (plan_id, id);

CREATE TABLE plan_comments (
    id {uuid} PRIMARY KEY,
    plan_id {uuid} NOT NULL REFERENCES year_plans (id),
    -- The version it speaks of.
    plan_version BIGINT NOT NULL,
    member_id {uuid} NOT NULL REFERENCES members (id),
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    -- Under their own key.
    text_enc {bytes} NOT NULL,
    at BIGINT NOT NULL
) {strict};
CREATE INDEX plan_comments_by ON plan_comments (account_id, id);
CREATE INDEX plan_comments_of_plan ON plan_comments (plan_id, id);

-- A chair's meeting (主席会议) that was held.
CREATE TABLE chair_meetings (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    -- Meetings are numbered anew in each term.
    term_id {uuid} NOT NULL REFERENCES terms (id),
    -- The calendar day in Asia/Shanghai.
    day TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number BETWEEN 1 AND 1000),
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    recorded_by {uuid} NOT NULL REFERENCES accounts (id),
    CONSTRAINT one_meeting_per_number UNIQUE (term_id, number),
    CONSTRAINT day_is_iso CHECK (length(day) = 10)
) {strict};

CREATE TABLE consultation_moves (from_state TEXT NOT NULL, to_state TEXT NOT NULL, PRIMARY KEY (from_state, to_state)) {strict};

-- A consultation (小微协商) from proposal on. Which states there are, and what leads where, is in consultation_moves.
CREATE TABLE consultations (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    programme_id {uuid} NOT NULL REFERENCES programmes (id),
    -- The version of the programme that it began with.
    programme_number BIGINT NOT NULL,
    title TEXT NOT NULL,
    question TEXT NOT NULL,
    division_code {code} NOT NULL REFERENCES divisions (code),
    -- Which organisation proposes it; NULL: members themselves.
    organiser_id {uuid} REFERENCES organisations (id),
    source TEXT NOT NULL CHECK (source IN ('SPECIAL_COMMITTEE', 'LIAISON_COMMITTEE', 'SECTOR', 'MEMBERS', 'TOPIC')),
    plan_item_id {uuid} REFERENCES plan_items (id),
    -- Outside the plan, for a special matter.
    special {bool} NOT NULL,
    topic_id {uuid} REFERENCES topics (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposed_by {uuid} NOT NULL REFERENCES accounts (id),
    changed_at BIGINT NOT NULL,
    -- From then on it is public.
    selected_at BIGINT,
    -- Why it was cancelled or postponed last; public where it is.
    reason TEXT,
    FOREIGN KEY (programme_id, programme_number) REFERENCES programme_versions (programme_id, number),
    CONSTRAINT planned_or_special CHECK (selected_at IS NULL OR special OR plan_item_id IS NOT NULL),
    CONSTRAINT public_once_selected CHECK (selected_at IS NOT NULL OR state IN ('PROPOSED', 'CANCELLED')),
    CONSTRAINT members_have_no_organiser CHECK ((source = 'MEMBERS') = (organiser_id IS NULL)),
    CONSTRAINT ended_with_a_reason CHECK (state NOT IN ('CANCELLED', 'POSTPONED') OR reason IS NOT NULL)
) {strict};
CREATE INDEX consultations_by_time ON consultations (id) WHERE selected_at IS NOT NULL;
CREATE INDEX consultations_of_committee ON consultations (committee_id, state, id);
CREATE INDEX consultations_of_division ON consultations (division_code, id);
CREATE INDEX consultations_by ON consultations (proposed_by, id);
CREATE INDEX consultations_of_topic ON consultations (topic_id) WHERE topic_id IS NOT NULL;
CREATE INDEX consultations_of_item ON consultations (plan_item_id) WHERE plan_item_id IS NOT NULL;
-- A thing of the plan is consulted about once, a topic once at a time.
CREATE UNIQUE INDEX one_consultation_per_item ON consultations (plan_item_id) WHERE plan_item_id IS NOT NULL AND state <> 'CANCELLED';
CREATE UNIQUE INDEX one_consultation_per_topic ON consultations (topic_id) WHERE topic_id IS NOT NULL AND state NOT IN ('CANCELLED', 'CLOSED');

CREATE TABLE consultation_events (
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    version BIGINT NOT NULL,
    id {uuid} NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} REFERENCES accounts (id),
    -- Why; public where the consultation is.
    reason TEXT,
    PRIMARY KEY (consultation_id, version)
) {strict};

-- Committees that hold it together with the one it belongs to (联合协商).
CREATE TABLE consultation_co_hosts (
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    -- Its halls and members are its own to give: they count once it has agreed.
    state TEXT NOT NULL CHECK (state IN ('ASKED', 'AGREED', 'DECLINED')),
    answered_at BIGINT,
    answered_by {uuid} REFERENCES accounts (id),
    PRIMARY KEY (consultation_id, committee_id)
) {strict};
CREATE INDEX consultations_co_hosted ON consultation_co_hosts (committee_id);

-- What a chair's meeting decided about one plan or one proposal, at the version it had then.
CREATE TABLE chair_decisions (
    id {uuid} PRIMARY KEY,
    meeting_id {uuid} NOT NULL REFERENCES chair_meetings (id),
    number BIGINT NOT NULL,
    plan_id {uuid} REFERENCES year_plans (id),
    consultation_id {uuid} REFERENCES consultations (id),
    version BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('APPROVED', 'DEFERRED', 'DECLINED')),
    note TEXT,
    CONSTRAINT one_decision_per_number UNIQUE (meeting_id, number),
    CONSTRAINT decides_about_one CHECK ((plan_id IS NULL) <> (consultation_id IS NULL)),
    CONSTRAINT declined_with_a_reason CHECK (verdict = 'APPROVED' OR note IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX one_decision_about_a_proposal ON chair_decisions (consultation_id, meeting_id) WHERE consultation_id IS NOT NULL;
CREATE UNIQUE INDEX one_decision_about_a_plan ON chair_decisions (plan_id, meeting_id) WHERE plan_id IS NOT NULL;

-- What was found out before: without it nothing is announced. Internal.
CREATE TABLE consultation_research (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    kind TEXT NOT NULL CHECK (kind IN ('VISIT', 'MEETING', 'SURVEY', 'DOCUMENTS')),
    -- The calendar day in Asia/Shanghai.
    day TEXT NOT NULL,
    -- Under the key of whoever entered it.
    text_enc {bytes} NOT NULL,
    -- People who were talked to.
    people BIGINT NOT NULL CHECK (people BETWEEN 0 AND 100000),
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    CONSTRAINT day_is_iso CHECK (length(day) = 10)
) {strict};
CREATE INDEX consultation_research_by ON consultation_research (account_id, id);
CREATE INDEX consultation_research_of ON consultation_research (consultation_id, id);

-- What a topic became, where that is a consultation here.
ALTER TABLE topic_adoptions ADD COLUMN consultation_id {uuid} REFERENCES consultations (id);
CREATE INDEX topic_adoptions_of_consultation ON topic_adoptions (consultation_id) WHERE consultation_id IS NOT NULL;
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION consultation_breaks(rule text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = rule, MESSAGE = rule;
END $$;
CREATE FUNCTION consultation_made() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'PROPOSED' OR NEW.version <> 1 THEN PERFORM consultation_breaks('undeclared_move'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_made BEFORE INSERT ON consultations FOR EACH ROW EXECUTE FUNCTION consultation_made();
CREATE FUNCTION consultation_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN PERFORM consultation_breaks('version_grows_by_one'); END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM consultation_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        PERFORM consultation_breaks('undeclared_move');
    END IF;
    IF (NEW.programme_id, NEW.programme_number) <> (OLD.programme_id, OLD.programme_number) THEN
        PERFORM consultation_breaks('a_consultation_keeps_its_version');
    END IF;
    IF (NEW.committee_id, NEW.organiser_id, NEW.source, NEW.plan_item_id, NEW.special, NEW.topic_id, NEW.proposed_by)
        IS DISTINCT FROM (OLD.committee_id, OLD.organiser_id, OLD.source, OLD.plan_item_id, OLD.special, OLD.topic_id, OLD.proposed_by) THEN
        PERFORM consultation_breaks('a_consultation_keeps_its_origin');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_moved BEFORE UPDATE ON consultations FOR EACH ROW EXECUTE FUNCTION consultation_moved();
CREATE TRIGGER consultations_no_delete BEFORE DELETE ON consultations FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION year_plan_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN PERFORM consultation_breaks('version_grows_by_one'); END IF;
    IF NEW.committee_id <> OLD.committee_id OR NEW.year <> OLD.year THEN PERFORM consultation_breaks('a_plan_keeps_its_year'); END IF;
    IF NEW.approved_version IS DISTINCT FROM OLD.approved_version AND (NEW.approved_version <> OLD.version OR (NEW.approved_at < OLD.comments_until
        AND NOT EXISTS (SELECT 1 FROM plan_comments WHERE plan_id = OLD.id AND plan_version = OLD.version))) THEN
        PERFORM consultation_breaks('plan_is_commented');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER year_plan_moved BEFORE UPDATE ON year_plans FOR EACH ROW EXECUTE FUNCTION year_plan_moved();
CREATE TRIGGER year_plans_no_delete BEFORE DELETE ON year_plans FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION plan_item_dropped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.dropped_in IS NOT NULL OR NEW.dropped_in IS NULL OR (NEW.id, NEW.plan_id, NEW.programme_id, NEW.title, NEW.added_in,
        NEW.division_code, NEW.organiser_id, NEW.quarter) IS DISTINCT FROM (OLD.id, OLD.plan_id, OLD.programme_id, OLD.title, OLD.added_in,
        OLD.division_code, OLD.organiser_id, OLD.quarter) THEN
        PERFORM consultation_breaks('items_are_only_dropped');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_item_dropped BEFORE UPDATE ON plan_items FOR EACH ROW EXECUTE FUNCTION plan_item_dropped();
CREATE TRIGGER plan_items_no_delete BEFORE DELETE ON plan_items FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER consultation_made BEFORE INSERT ON consultations BEGIN
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> 'PROPOSED' OR NEW.version <> 1;
    SELECT RAISE(ABORT, 'one_consultation_per_item') WHERE NEW.plan_item_id IS NOT NULL AND EXISTS
        (SELECT 1 FROM consultations o WHERE o.plan_item_id = NEW.plan_item_id AND o.state <> 'CANCELLED');
    SELECT RAISE(ABORT, 'one_consultation_per_topic') WHERE NEW.topic_id IS NOT NULL AND EXISTS
        (SELECT 1 FROM consultations o WHERE o.topic_id = NEW.topic_id AND o.state NOT IN ('CANCELLED', 'CLOSED'));
END;
CREATE TRIGGER consultation_moved BEFORE UPDATE ON consultations BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> OLD.state
        AND NOT EXISTS (SELECT 1 FROM consultation_moves WHERE from_state = OLD.state AND to_state = NEW.state);
    SELECT RAISE(ABORT, 'a_consultation_keeps_its_version')
        WHERE NEW.programme_id <> OLD.programme_id OR NEW.programme_number <> OLD.programme_number;
    SELECT RAISE(ABORT, 'a_consultation_keeps_its_origin') WHERE NEW.committee_id <> OLD.committee_id OR NEW.organiser_id IS NOT OLD.organiser_id
        OR NEW.source <> OLD.source OR NEW.plan_item_id IS NOT OLD.plan_item_id OR NEW.special <> OLD.special
        OR NEW.topic_id IS NOT OLD.topic_id OR NEW.proposed_by <> OLD.proposed_by;
END;
CREATE TRIGGER consultations_no_delete BEFORE DELETE ON consultations BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER year_plan_made BEFORE INSERT ON year_plans BEGIN
    SELECT RAISE(ABORT, 'one_plan_per_year') WHERE EXISTS
        (SELECT 1 FROM year_plans o WHERE o.committee_id = NEW.committee_id AND o.year = NEW.year);
END;
CREATE TRIGGER year_plan_moved BEFORE UPDATE ON year_plans BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'a_plan_keeps_its_year') WHERE NEW.committee_id <> OLD.committee_id OR NEW.year <> OLD.year;
    SELECT RAISE(ABORT, 'plan_is_commented') WHERE NEW.approved_version IS NOT OLD.approved_version AND (NEW.approved_version <> OLD.version
        OR (NEW.approved_at < OLD.comments_until
            AND NOT EXISTS (SELECT 1 FROM plan_comments WHERE plan_id = OLD.id AND plan_version = OLD.version)));
END;
CREATE TRIGGER year_plans_no_delete BEFORE DELETE ON year_plans BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER plan_item_dropped BEFORE UPDATE ON plan_items BEGIN
    SELECT RAISE(ABORT, 'items_are_only_dropped') WHERE OLD.dropped_in IS NOT NULL OR NEW.dropped_in IS NULL OR NEW.id <> OLD.id
        OR NEW.plan_id <> OLD.plan_id OR NEW.programme_id <> OLD.programme_id OR NEW.title <> OLD.title OR NEW.added_in <> OLD.added_in
        OR NEW.division_code <> OLD.division_code OR NEW.organiser_id <> OLD.organiser_id OR NEW.quarter <> OLD.quarter;
END;
CREATE TRIGGER plan_items_no_delete BEFORE DELETE ON plan_items BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER chair_meeting_made BEFORE INSERT ON chair_meetings BEGIN
    SELECT RAISE(ABORT, 'one_meeting_per_number') WHERE EXISTS
        (SELECT 1 FROM chair_meetings o WHERE o.term_id = NEW.term_id AND o.number = NEW.number);
END;
";
