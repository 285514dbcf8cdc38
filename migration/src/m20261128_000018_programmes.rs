//! Programmes of consultations: local rules as versioned data.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // A process killed half-way leaves nothing half made, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, TABLES).await?;
        for table in ["programme_versions", "programme_parties", "programme_questions"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- A programme (名目) under which a committee consults; what it says is in its versions.
CREATE TABLE programmes (
    id {uuid} PRIMARY KEY,
    committee_id {uuid} NOT NULL REFERENCES organisations (id),
    -- Those of its last version.
    name TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    created_at BIGINT NOT NULL,
    created_by {uuid} NOT NULL REFERENCES accounts (id)
) {strict};
CREATE INDEX programmes_of_committee ON programmes (committee_id, id);

-- Append-only: what is changed is a further version, and consultations keep the one they began with.
CREATE TABLE programme_versions (
    id {uuid} PRIMARY KEY,
    programme_id {uuid} NOT NULL REFERENCES programmes (id),
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('TOWNSHIP', 'COUNTY', 'CITY')),
    selected_by TEXT NOT NULL CHECK (selected_by IN ('CHAIR_MEETING', 'LIAISON_COMMITTEE')),
    led_by TEXT NOT NULL CHECK (led_by IN ('MEMBER', 'LEADER')),
    -- Working days between the announcement and the first sitting.
    notice_days BIGINT NOT NULL CHECK (notice_days BETWEEN 0 AND 60),
    -- Of those present, how many of a hundred are stakeholders at least.
    share_percent BIGINT NOT NULL CHECK (share_percent BETWEEN 0 AND 100),
    -- Consultations in each period; NULL: no number is set.
    quota BIGINT CHECK (quota BETWEEN 1 AND 1000),
    quota_period TEXT CHECK (quota_period IN ('QUARTER', 'YEAR')),
    -- The consensus threshold as a fraction.
    threshold_numerator BIGINT NOT NULL,
    threshold_denominator BIGINT NOT NULL,
    note TEXT,
    published_at BIGINT NOT NULL,
    published_by {uuid} NOT NULL REFERENCES accounts (id),
    CONSTRAINT one_version_per_number UNIQUE (programme_id, number),
    CONSTRAINT quota_is_whole CHECK ((quota IS NULL) = (quota_period IS NULL)),
    CONSTRAINT threshold_is_a_part CHECK (threshold_numerator >= 1 AND threshold_numerator <= threshold_denominator AND threshold_denominator <= 1000)
) {strict};

-- Who is to take part.
CREATE TABLE programme_parties (
    version_id {uuid} NOT NULL REFERENCES programme_versions (id),
    party TEXT NOT NULL CHECK (party IN ('MEMBER', 'RESIDENT', 'STAKEHOLDER', 'DEPARTMENT', 'COMMUNITY', 'EXPERT', 'OBSERVER')),
    PRIMARY KEY (version_id, party)
) {strict};

-- What participants and evaluators are asked afterwards, in order.
CREATE TABLE programme_questions (
    version_id {uuid} NOT NULL REFERENCES programme_versions (id),
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (version_id, number)
) {strict};
";

const RULES_POSTGRES: &str = "
CREATE UNIQUE INDEX one_programme_per_name ON programmes (committee_id, name);
CREATE FUNCTION programme_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.number <> OLD.number + 1 OR NEW.committee_id <> OLD.committee_id THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'version_grows_by_one', MESSAGE = 'version_grows_by_one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programme_moved BEFORE UPDATE ON programmes FOR EACH ROW EXECUTE FUNCTION programme_moved();
CREATE TRIGGER programmes_no_delete BEFORE DELETE ON programmes FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE INDEX programmes_by_name ON programmes (committee_id, name);
CREATE TRIGGER programme_made BEFORE INSERT ON programmes BEGIN
    SELECT RAISE(ABORT, 'one_programme_per_name') WHERE EXISTS
        (SELECT 1 FROM programmes o WHERE o.committee_id = NEW.committee_id AND o.name = NEW.name);
END;
CREATE TRIGGER programme_moved BEFORE UPDATE ON programmes BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.number <> OLD.number + 1 OR NEW.committee_id <> OLD.committee_id;
    SELECT RAISE(ABORT, 'one_programme_per_name') WHERE NEW.name <> OLD.name AND EXISTS
        (SELECT 1 FROM programmes o WHERE o.committee_id = NEW.committee_id AND o.name = NEW.name);
END;
CREATE TRIGGER programmes_no_delete BEFORE DELETE ON programmes BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
