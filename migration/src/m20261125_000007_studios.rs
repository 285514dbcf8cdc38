//! Member studios: their members, code secrets, bound screens, wrong codes; and addresses for one download.
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
            -- Two officers who change one studio at once meet here.
            ALTER TABLE venues ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

            -- Who is on the studio's roster, and when.
            CREATE TABLE studio_members (
                id {uuid} PRIMARY KEY,
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                member_id {uuid} NOT NULL REFERENCES members (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT,
                CONSTRAINT studio_member_has_length CHECK (until_at IS NULL OR from_at < until_at)
            ) {strict};
            CREATE UNIQUE INDEX one_place_per_studio_member ON studio_members (venue_id, member_id) WHERE until_at IS NULL;
            CREATE INDEX studio_members_of_member ON studio_members (member_id);

            -- Every secret a studio's codes were made with: an entry uploaded late is checked with the one of its time.
            CREATE TABLE studio_secrets (
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                version BIGINT NOT NULL,
                secret_enc {bytes} NOT NULL,
                from_at BIGINT NOT NULL,
                made_by {uuid} NOT NULL REFERENCES accounts (id),
                PRIMARY KEY (venue_id, version)
            ) {strict};

            -- A screen that may show the code; its token lives as long as the appointment of whoever bound it.
            CREATE TABLE studio_devices (
                id {uuid} PRIMARY KEY,
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                name TEXT NOT NULL,
                token_hash {bytes} NOT NULL,
                appointment_id {uuid} NOT NULL REFERENCES appointments (id),
                bound_at BIGINT NOT NULL,
                unbound_at BIGINT,
                CONSTRAINT one_device_per_token UNIQUE (token_hash)
            ) {strict};
            CREATE INDEX studio_devices_of_venue ON studio_devices (venue_id);

            -- Wrong codes of one hour: per person, device and studio.
            CREATE TABLE code_failures (
                subject TEXT NOT NULL,
                hour BIGINT NOT NULL,
                counted BIGINT NOT NULL,
                PRIMARY KEY (subject, hour)
            ) {strict};

            -- An address that gives a file once.
            CREATE TABLE file_tickets (
                id {uuid} PRIMARY KEY,
                kind TEXT NOT NULL,
                subject_id {uuid} NOT NULL,
                detail TEXT NOT NULL,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            ) {strict};
            CREATE INDEX file_tickets_over ON file_tickets (expires_at);
            ",
        )
        .await?;
        // SQLite names no unique rule that is broken: a trigger does.
        let taken = "SELECT RAISE(ABORT, 'one_venue_per_name') WHERE EXISTS (SELECT 1 FROM venues o
                         WHERE o.committee_id = NEW.committee_id AND o.kind = NEW.kind AND o.name = NEW.name AND o.id <> NEW.id);";
        ddl::each(manager, "", &format!("CREATE TRIGGER one_venue_per_name_update BEFORE UPDATE OF name ON venues BEGIN {taken} END;")).await?;
        ddl::append_only(manager, "studio_secrets").await
    }
}
