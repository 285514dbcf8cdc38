//! The calendar: announced days, deadlines, occasions and the time they take of people and rooms.
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
        ddl::run(
            manager,
            "
            -- Holidays and make-up workdays as imported; a year that has rows here replaces the one the program ships.
            CREATE TABLE announced_days (
                day TEXT PRIMARY KEY,
                kind TEXT NOT NULL CHECK (kind IN ('HOLIDAY', 'WORKDAY')),
                name TEXT NOT NULL,
                CONSTRAINT day_is_iso CHECK (length(day) = 10)
            ) {strict};

            -- What must be done within so many working days; kept, so that a newly announced year can move it.
            CREATE TABLE deadlines (
                id {uuid} PRIMARY KEY,
                kind TEXT NOT NULL,
                subject_id {uuid} NOT NULL,
                from_at BIGINT NOT NULL,
                working_days BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                provisional {bool} NOT NULL,
                closed_at BIGINT,
                CONSTRAINT one_deadline_per_subject UNIQUE (kind, subject_id),
                CONSTRAINT deadline_has_days CHECK (working_days > 0 AND due_at > from_at)
            ) {strict};
            CREATE INDEX deadlines_open ON deadlines (due_at) WHERE closed_at IS NULL;

            CREATE TABLE occasions (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                kind TEXT NOT NULL CHECK (kind IN ('DUTY_SLOT', 'RECEPTION_DAY', 'SITTING', 'ACTIVITY')),
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                cancelled_at BIGINT,
                CONSTRAINT occasion_has_length CHECK (from_at < until_at)
            ) {strict};

            -- The time an occasion takes of a person (by account or caller) or of a venue: [from_at, until_at).
            CREATE TABLE occupancies (
                id {uuid} PRIMARY KEY,
                occasion_id {uuid} NOT NULL REFERENCES occasions (id),
                subject_kind TEXT NOT NULL CHECK (subject_kind IN ('MEMBER', 'VENUE', 'RESIDENT')),
                subject_id {uuid} NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                released_at BIGINT,
                CONSTRAINT occupancy_has_length CHECK (from_at < until_at)
            ) {strict};
            CREATE INDEX occupancies_of_subject ON occupancies (subject_id, until_at) WHERE released_at IS NULL;
            CREATE INDEX occupancies_of_occasion ON occupancies (occasion_id);
            ",
        )
        .await?;
        // A person is one subject whether they come as a member or as a resident: the rule looks at the id alone.
        let clash = "SELECT RAISE(ABORT, 'subject_is_taken') WHERE EXISTS (SELECT 1 FROM occupancies o
                         WHERE o.subject_id = NEW.subject_id AND o.released_at IS NULL AND o.id <> NEW.id
                           AND o.until_at > NEW.from_at AND o.from_at < NEW.until_at);";
        ddl::each(
            manager,
            "ALTER TABLE occupancies ADD CONSTRAINT subject_is_taken
                 EXCLUDE USING gist (subject_id WITH =, int8range(from_at, until_at) WITH &&) WHERE (released_at IS NULL);
             CREATE TRIGGER occupancies_no_delete BEFORE DELETE ON occupancies FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
             CREATE TRIGGER occasions_no_delete BEFORE DELETE ON occasions FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');",
            &format!(
                "CREATE TRIGGER subject_is_taken_insert BEFORE INSERT ON occupancies WHEN NEW.released_at IS NULL BEGIN {clash} END;
                 CREATE TRIGGER subject_is_taken_update BEFORE UPDATE ON occupancies WHEN NEW.released_at IS NULL BEGIN {clash} END;
                 CREATE TRIGGER occupancies_no_delete BEFORE DELETE ON occupancies BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
                 CREATE TRIGGER occasions_no_delete BEFORE DELETE ON occasions BEGIN SELECT RAISE(ABORT, 'history_stays'); END;"
            ),
        )
        .await
    }
}
