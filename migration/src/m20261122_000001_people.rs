//! Accounts, the keys of people's personal fields, sign-in codes, the audit trail and the memory of replayed writes.
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
        // PostgreSQL: one function gives every trigger rule its name, readable as the error's constraint.
        ddl::each(
            manager,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = TG_ARGV[0], MESSAGE = TG_ARGV[0]; END $$;",
            "",
        )
        .await?;
        ddl::run(
            manager,
            "
            -- Which keys this database was sealed with, so that no process opens it with others.
            CREATE TABLE deployment (
                one BIGINT PRIMARY KEY CHECK (one = 1),
                keys_fingerprint {bytes} NOT NULL
            ) {strict};

            -- Deleting a row here is the erasure of a person: nothing encrypted under it can be read again.
            CREATE TABLE person_keys (
                subject_id {uuid} PRIMARY KEY,
                master_id TEXT NOT NULL,
                wrapped {bytes} NOT NULL,
                created_at BIGINT NOT NULL
            ) {strict};

            CREATE TABLE accounts (
                id {uuid} PRIMARY KEY,
                phone_hash {bytes},
                phone_enc {bytes},
                name_enc {bytes},
                contact_enc {bytes},
                home_division TEXT,
                level TEXT NOT NULL CHECK (level IN ('PHONE', 'REAL_NAME')),
                created_at BIGINT NOT NULL,
                first_signed_in_at BIGINT,
                erased_at BIGINT,
                CONSTRAINT erased_means_empty CHECK (erased_at IS NULL OR
                    (phone_hash IS NULL AND phone_enc IS NULL AND name_enc IS NULL AND contact_enc IS NULL AND home_division IS NULL))
            ) {strict};
            CREATE UNIQUE INDEX one_account_per_phone ON accounts (phone_hash);

            -- People an officer entered: no account, no sign-in, told by SMS or by the officer.
            CREATE TABLE callers (
                id {uuid} PRIMARY KEY,
                contact_hash {bytes},
                name_enc {bytes},
                contact_enc {bytes},
                channel TEXT NOT NULL CHECK (channel IN ('PHONE', 'VISIT', 'LETTER')),
                entered_by {uuid} NOT NULL REFERENCES accounts (id),
                created_at BIGINT NOT NULL,
                erased_at BIGINT
            ) {strict};
            CREATE INDEX callers_by_contact ON callers (contact_hash);

            -- One row a phone: the guarded upsert on it is the limit of codes, the guarded update the limit of tries.
            CREATE TABLE sign_in_codes (
                phone_hash {bytes} PRIMARY KEY,
                request_id {uuid} NOT NULL,
                code_hash {bytes} NOT NULL,
                tries BIGINT NOT NULL,
                sent_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                hour_began_at BIGINT NOT NULL,
                sent_in_hour BIGINT NOT NULL,
                used_by_request {uuid},
                CONSTRAINT tries_within_limit CHECK (tries BETWEEN 0 AND 5)
            ) {strict};
            CREATE INDEX sign_in_codes_by_age ON sign_in_codes (expires_at);

            CREATE TABLE replays (
                account_id {uuid} NOT NULL,
                operation TEXT NOT NULL,
                request_id {uuid} NOT NULL,
                input_hash {bytes} NOT NULL,
                result TEXT,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (account_id, operation, request_id)
            ) {strict};
            CREATE INDEX replays_by_age ON replays (created_at);

            CREATE TABLE daily_counts (
                account_id {uuid} NOT NULL,
                what TEXT NOT NULL,
                day TEXT NOT NULL,
                counted BIGINT NOT NULL,
                PRIMARY KEY (account_id, what, day)
            ) {strict};
            CREATE INDEX daily_counts_by_day ON daily_counts (day);

            CREATE TABLE audit (
                id {uuid} PRIMARY KEY,
                at BIGINT NOT NULL,
                account_id {uuid},
                role TEXT NOT NULL,
                operation TEXT NOT NULL,
                target TEXT NOT NULL,
                committee_id {uuid},
                digest_before {bytes},
                digest_after {bytes},
                request_id TEXT NOT NULL
            ) {strict};
            CREATE INDEX audit_by_committee ON audit (committee_id, id);
            ",
        )
        .await?;
        ddl::append_only(manager, "audit").await
    }
}
