//! Committees and their organisations, terms, members, memberships, assignments, venues and appointments.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows hold for a time, and the columns that say whose: no two rows of one subject may overlap.
const TIME_BOUND: [(&str, [&str; 2], &str); 2] = [
    ("memberships", ["member_id", "organisation_id"], "membership_overlaps"),
    ("assignments", ["member_id", "organisation_id"], "assignment_overlaps"),
];

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
            CREATE TABLE organisations (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                parent_id {uuid} REFERENCES organisations (id),
                kind TEXT NOT NULL CHECK (kind IN ('COMMITTEE', 'SPECIAL_COMMITTEE', 'OFFICE', 'SECTOR', 'SECTOR_GROUP',
                    'LIAISON_COMMITTEE', 'CLUSTER', 'COUNCIL', 'PARTICIPATING_UNIT', 'HANDLING_UNIT')),
                name TEXT NOT NULL,
                division_code {code} REFERENCES divisions (code),
                created_at BIGINT NOT NULL,
                closed_at BIGINT,
                CONSTRAINT one_organisation_per_name UNIQUE (committee_id, kind, name),
                CONSTRAINT committee_is_its_own CHECK ((kind = 'COMMITTEE') = (id = committee_id)),
                CONSTRAINT needs_division CHECK (kind NOT IN ('COMMITTEE', 'LIAISON_COMMITTEE') OR division_code IS NOT NULL)
            ) {strict};
            CREATE UNIQUE INDEX one_committee_per_division ON organisations (division_code) WHERE kind = 'COMMITTEE';
            CREATE INDEX organisations_by_parent ON organisations (parent_id);

            CREATE TABLE terms (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                number BIGINT NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                CONSTRAINT one_term_per_number UNIQUE (committee_id, number),
                CONSTRAINT term_has_length CHECK (from_at < until_at)
            ) {strict};

            CREATE TABLE members (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                term_id {uuid} NOT NULL REFERENCES terms (id),
                number TEXT NOT NULL,
                -- As the roll of members has it; not what the person calls themself in their profile.
                name_enc {bytes} NOT NULL,
                standing {bool} NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT,
                CONSTRAINT one_home_per_term UNIQUE (account_id, term_id),
                CONSTRAINT one_member_per_number UNIQUE (term_id, number),
                CONSTRAINT member_has_length CHECK (until_at IS NULL OR from_at < until_at)
            ) {strict};
            CREATE INDEX members_by_committee ON members (committee_id, number);

            CREATE TABLE memberships (
                id {uuid} PRIMARY KEY,
                member_id {uuid} NOT NULL REFERENCES members (id),
                organisation_id {uuid} NOT NULL REFERENCES organisations (id),
                head {bool} NOT NULL,
                from_at BIGINT NOT NULL,
                until_at BIGINT,
                CONSTRAINT membership_has_length CHECK (until_at IS NULL OR from_at < until_at)
            ) {strict};
            CREATE INDEX memberships_by_member ON memberships (member_id);
            CREATE INDEX memberships_by_organisation ON memberships (organisation_id);

            -- A member of another committee placed here for a time.
            CREATE TABLE assignments (
                id {uuid} PRIMARY KEY,
                member_id {uuid} NOT NULL REFERENCES members (id),
                organisation_id {uuid} NOT NULL REFERENCES organisations (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT,
                CONSTRAINT assignment_has_length CHECK (until_at IS NULL OR from_at < until_at)
            ) {strict};
            CREATE INDEX assignments_by_member ON assignments (member_id);
            CREATE INDEX assignments_by_organisation ON assignments (organisation_id);

            CREATE TABLE venues (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                kind TEXT NOT NULL CHECK (kind IN ('MEMBER_STUDIO', 'CONSULTATION_HALL', 'LIAISON_STATION', 'MEMBER_PARLOUR', 'OPINION_LINK_POINT')),
                name TEXT NOT NULL,
                division_code {code} NOT NULL REFERENCES divisions (code),
                place_id {uuid} REFERENCES places (id),
                address TEXT NOT NULL,
                theme TEXT,
                latitude DOUBLE PRECISION,
                longitude DOUBLE PRECISION,
                radius_metres BIGINT,
                datum TEXT CHECK (datum IN ('GCJ02', 'WGS84')),
                created_at BIGINT NOT NULL,
                closed_at BIGINT,
                CONSTRAINT one_venue_per_name UNIQUE (committee_id, kind, name),
                CONSTRAINT fence_is_whole CHECK (
                    (latitude IS NULL AND longitude IS NULL AND radius_metres IS NULL AND datum IS NULL) OR
                    (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180 AND radius_metres > 0 AND datum IS NOT NULL))
            ) {strict};
            CREATE INDEX venues_by_division ON venues (division_code);

            CREATE TABLE appointments (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                role TEXT NOT NULL CHECK (role IN ('MEMBER', 'STUDIO_CONVENOR', 'LIAISON_OFFICER', 'COMMITTEE_STAFF', 'CHAIR',
                    'ORG_CONVENOR', 'HANDLING_UNIT', 'EVALUATOR', 'AUDITOR')),
                desk TEXT CHECK (desk IN ('GENERAL', 'MEMBER_AFFAIRS', 'PROPOSALS', 'OPINIONS')),
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                organisation_id {uuid} REFERENCES organisations (id),
                venue_id {uuid} REFERENCES venues (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT,
                granted_at BIGINT NOT NULL,
                granted_by {uuid} REFERENCES accounts (id),
                confirmed_at BIGINT,
                confirmed_by {uuid} REFERENCES accounts (id),
                ended_at BIGINT,
                ended_by {uuid} REFERENCES accounts (id),
                CONSTRAINT not_to_oneself CHECK (granted_by IS NULL OR granted_by <> account_id),
                CONSTRAINT second_person CHECK (confirmed_by IS NULL OR (confirmed_by <> granted_by AND confirmed_by <> account_id)),
                -- Granted by nobody means: by the operator on the command line.
                CONSTRAINT needs_second_person CHECK (confirmed_at IS NULL OR granted_by IS NULL OR confirmed_by IS NOT NULL
                    OR role NOT IN ('CHAIR', 'COMMITTEE_STAFF', 'AUDITOR')),
                CONSTRAINT desk_for_staff CHECK ((role = 'COMMITTEE_STAFF') = (desk IS NOT NULL)),
                CONSTRAINT one_scope CHECK ((organisation_id IS NULL) <> (venue_id IS NULL)),
                CONSTRAINT venue_for_convenor CHECK ((role = 'STUDIO_CONVENOR') = (venue_id IS NOT NULL)),
                CONSTRAINT appointment_has_length CHECK (until_at IS NULL OR from_at < until_at)
            ) {strict};
            CREATE INDEX appointments_by_account ON appointments (account_id);
            CREATE INDEX appointments_by_organisation ON appointments (organisation_id);
            CREATE INDEX appointments_by_venue ON appointments (venue_id);
            ",
        )
        .await?;
        ddl::each(manager, "CREATE EXTENSION IF NOT EXISTS btree_gist;", "").await?;
        // Who once held what stays known: an appointment ends, it is not deleted.
        ddl::each(
            manager,
            "CREATE TRIGGER appointments_no_delete BEFORE DELETE ON appointments FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');",
            "CREATE TRIGGER appointments_no_delete BEFORE DELETE ON appointments BEGIN SELECT RAISE(ABORT, 'history_stays'); END;",
        )
        .await?;
        for (table, [a, b], rule) in TIME_BOUND {
            let clash = format!(
                "SELECT RAISE(ABORT, '{rule}') WHERE EXISTS (SELECT 1 FROM {table} o WHERE o.{a} = NEW.{a} AND o.{b} = NEW.{b} AND o.id <> NEW.id
                   AND o.from_at < ifnull(NEW.until_at, 9223372036854775807) AND NEW.from_at < ifnull(o.until_at, 9223372036854775807));"
            );
            ddl::each(
                manager,
                &format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {rule} EXCLUDE USING gist ({a} WITH =, {b} WITH =, int8range(from_at, until_at) WITH &&);"
                ),
                &format!(
                    "CREATE TRIGGER {rule}_insert BEFORE INSERT ON {table} BEGIN {clash} END;
                     CREATE TRIGGER {rule}_update BEFORE UPDATE ON {table} BEGIN {clash} END;"
                ),
            )
            .await?;
        }
        Ok(())
    }
}
