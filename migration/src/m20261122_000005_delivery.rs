//! The outbox, written in the transaction of the effect it tells of, and the inbox it is delivered to.
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
            CREATE TABLE outbox (
                id {uuid} PRIMARY KEY,
                -- Worked off apart: a slow gateway holds up no notice, and no message a sign-in code.
                lane TEXT NOT NULL CHECK (lane IN ('INBOX', 'CODE', 'SMS')),
                subject_id {uuid} NOT NULL,
                payload TEXT NOT NULL,
                -- What must not be read at rest (a phone, a code), under the deployment's key; emptied when done.
                secret {bytes},
                created_at BIGINT NOT NULL,
                -- When it may be taken; taking it moves this ahead, so a worker that dies gives it back.
                due_at BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                -- How far a long delivery has come, so that a killed worker's successor goes on from there.
                progress {uuid},
                done_at BIGINT,
                gave_up_at BIGINT
            ) {strict};
            CREATE INDEX outbox_due ON outbox (lane, due_at) WHERE done_at IS NULL AND gave_up_at IS NULL;
            CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

            CREATE TABLE notices (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                kind TEXT NOT NULL,
                -- The thing that happened (an answer, a move, a grant): one notice of it per person.
                event_id {uuid} NOT NULL,
                subject_id {uuid} NOT NULL,
                at BIGINT NOT NULL,
                read_at BIGINT,
                CONSTRAINT told_once UNIQUE (account_id, event_id)
            ) {strict};
            CREATE INDEX notices_of_account ON notices (account_id, id);
            CREATE INDEX notices_unread ON notices (account_id, id) WHERE read_at IS NULL;
            ",
        )
        .await
    }
}
