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
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- Who leads it and who keeps its minutes, from the announcement on; how many can come.
ALTER TABLE consultations ADD COLUMN convenor_id {uuid} REFERENCES members (id);
ALTER TABLE consultations ADD COLUMN secretary_account_id {uuid} REFERENCES accounts (id);
ALTER TABLE consultations ADD COLUMN capacity BIGINT;

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
    occasion_id {uuid} NOT NULL REFERENCES occasions (id),
    state TEXT NOT NULL CHECK (state IN ('ANNOUNCED', 'GIVEN_BACK')),
    announced_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT one_sitting_per_number UNIQUE (consultation_id, number),
    CONSTRAINT sitting_has_length CHECK (from_at < until_at)
) {strict};
CREATE INDEX consultation_sittings_by_time ON consultation_sittings (from_at, id);
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION consultation_announced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_research WHERE consultation_id = NEW.id) THEN PERFORM consultation_breaks('no_research'); END IF;
    IF NEW.convenor_id IS NULL OR NEW.secretary_account_id IS NULL THEN PERFORM consultation_breaks('no_convenor'); END IF;
    IF NOT EXISTS (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'ANNOUNCED') THEN
        PERFORM consultation_breaks('no_sitting');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_announced BEFORE UPDATE ON consultations FOR EACH ROW
    WHEN (NEW.state = 'ANNOUNCED' AND OLD.state <> 'ANNOUNCED') EXECUTE FUNCTION consultation_announced();
CREATE FUNCTION sitting_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.state = 'GIVEN_BACK' THEN PERFORM consultation_breaks('undeclared_move'); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sitting_changed BEFORE UPDATE ON consultation_sittings FOR EACH ROW EXECUTE FUNCTION sitting_changed();
CREATE TRIGGER consultation_sittings_no_delete BEFORE DELETE ON consultation_sittings FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER consultation_announced BEFORE UPDATE ON consultations WHEN NEW.state = 'ANNOUNCED' AND OLD.state <> 'ANNOUNCED' BEGIN
    SELECT RAISE(ABORT, 'no_research') WHERE NOT EXISTS (SELECT 1 FROM consultation_research WHERE consultation_id = NEW.id);
    SELECT RAISE(ABORT, 'no_convenor') WHERE NEW.convenor_id IS NULL OR NEW.secretary_account_id IS NULL;
    SELECT RAISE(ABORT, 'no_sitting') WHERE NOT EXISTS
        (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'ANNOUNCED');
END;
CREATE TRIGGER sitting_changed BEFORE UPDATE ON consultation_sittings BEGIN
    SELECT RAISE(ABORT, 'undeclared_move') WHERE OLD.state = 'GIVEN_BACK';
END;
CREATE TRIGGER consultation_sittings_no_delete BEFORE DELETE ON consultation_sittings BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
