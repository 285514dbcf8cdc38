//! Sittings of consultations: announced in a hall, moved, given back.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Further declared moves of consultations.
const MOVES: &[(&str, &str)] = &[("RESEARCHING", "ANNOUNCED"), ("ANNOUNCED", "POSTPONED"), ("ANNOUNCED", "CANCELLED")];

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
        ddl::append_only(manager, "consultation_parties").await?;
        ddl::append_only(manager, "consultation_sitting_events").await?;
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- As what people are to take part in it.
CREATE TABLE consultation_parties (
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    -- With which announcement: another one may name others.
    version BIGINT NOT NULL,
    party TEXT NOT NULL CHECK (party IN ('MEMBER', 'RESIDENT', 'STAKEHOLDER', 'DEPARTMENT', 'COMMUNITY', 'EXPERT', 'OBSERVER')),
    PRIMARY KEY (consultation_id, version, party)
) {strict};

-- One sitting (协商会): when and where.
CREATE TABLE consultation_sittings (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    hall_id {uuid} NOT NULL REFERENCES venues (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    -- Its own time in the calendar.
    occasion_id {uuid} NOT NULL UNIQUE REFERENCES occasions (id),
    -- ANNOUNCED, GIVEN_BACK; not checked here, since what comes after the announcement adds to them.
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- Who leads it, whose time it takes with that of the hall; and who keeps its minutes.
    convenor_id {uuid} NOT NULL REFERENCES members (id),
    convenor_account_id {uuid} NOT NULL REFERENCES accounts (id),
    secretary_account_id {uuid} NOT NULL REFERENCES accounts (id),
    -- How many can come.
    capacity BIGINT NOT NULL CHECK (capacity BETWEEN 3 AND 1000),
    announced_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT one_sitting_per_number UNIQUE (consultation_id, number),
    CONSTRAINT sitting_has_length CHECK (from_at < until_at)
) {strict};
-- Append-only: where and when it was to be, by version.
CREATE TABLE consultation_sitting_events (
    sitting_id {uuid} NOT NULL REFERENCES consultation_sittings (id),
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    hall_id {uuid} NOT NULL REFERENCES venues (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    convenor_id {uuid} NOT NULL REFERENCES members (id),
    capacity BIGINT NOT NULL,
    PRIMARY KEY (sitting_id, version)
) {strict};
CREATE INDEX consultation_sittings_by_time ON consultation_sittings (from_at, id);
CREATE INDEX consultation_sittings_led_by ON consultation_sittings (convenor_account_id, from_at);
CREATE INDEX consultation_sittings_minuted_by ON consultation_sittings (secretary_account_id, from_at);
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION consultation_announced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_research WHERE consultation_id = NEW.id) THEN PERFORM consultation_breaks('no_research'); END IF;
    IF NOT EXISTS (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'ANNOUNCED') THEN
        PERFORM consultation_breaks('no_sitting');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_announced BEFORE UPDATE ON consultations FOR EACH ROW
    WHEN (NEW.state = 'ANNOUNCED' AND OLD.state <> 'ANNOUNCED') EXECUTE FUNCTION consultation_announced();
CREATE FUNCTION sitting_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state = 'GIVEN_BACK' THEN PERFORM consultation_breaks('undeclared_move'); END IF;
    IF NEW.version <> OLD.version + 1 THEN PERFORM consultation_breaks('version_grows_by_one'); END IF;
    IF (NEW.consultation_id, NEW.number, NEW.occasion_id) <> (OLD.consultation_id, OLD.number, OLD.occasion_id) THEN
        PERFORM consultation_breaks('a_sitting_keeps_its_place');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sitting_changed BEFORE UPDATE ON consultation_sittings FOR EACH ROW EXECUTE FUNCTION sitting_changed();
CREATE TRIGGER consultation_sittings_no_delete BEFORE DELETE ON consultation_sittings FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER consultation_announced BEFORE UPDATE ON consultations WHEN NEW.state = 'ANNOUNCED' AND OLD.state <> 'ANNOUNCED' BEGIN
    SELECT RAISE(ABORT, 'no_research') WHERE NOT EXISTS (SELECT 1 FROM consultation_research WHERE consultation_id = NEW.id);
    SELECT RAISE(ABORT, 'no_sitting') WHERE NOT EXISTS
        (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'ANNOUNCED');
END;
CREATE TRIGGER sitting_changed BEFORE UPDATE ON consultation_sittings BEGIN
    SELECT RAISE(ABORT, 'undeclared_move') WHERE OLD.state = 'GIVEN_BACK';
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'a_sitting_keeps_its_place')
        WHERE NEW.consultation_id <> OLD.consultation_id OR NEW.number <> OLD.number OR NEW.occasion_id <> OLD.occasion_id;
END;
CREATE TRIGGER consultation_sittings_no_delete BEFORE DELETE ON consultation_sittings BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
