//! What came of a visit: its record, how it was rated, the topic it became. And addresses of calendar feeds, and who wants
//! no short messages.
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
            CREATE TABLE reception_records (
                id {uuid} PRIMARY KEY,
                booking_id {uuid} NOT NULL UNIQUE REFERENCES bookings (id),
                day_id {uuid} NOT NULL REFERENCES reception_days (id),
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                division_code {code} NOT NULL REFERENCES divisions (code),
                class TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('ANSWERED', 'HANDED_OVER', 'RETURNED', 'REPLIED')),
                version BIGINT NOT NULL,
                -- What was said and what was answered, under the person's key.
                summary_enc {bytes},
                answer_enc {bytes},
                recorded_by {uuid} NOT NULL REFERENCES accounts (id),
                at BIGINT NOT NULL,
                changed_at BIGINT NOT NULL
            ) {strict};
            CREATE INDEX reception_records_of_day ON reception_records (day_id);

            -- Append-only: what those who were received think of it, once each; the comment under their own key.
            CREATE TABLE reception_ratings (
                id {uuid} PRIMARY KEY,
                record_id {uuid} NOT NULL REFERENCES reception_records (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
                comment_enc {bytes},
                at BIGINT NOT NULL,
                CONSTRAINT one_rating_per_record UNIQUE (record_id)
            ) {strict};
            CREATE INDEX reception_ratings_of_account ON reception_ratings (account_id);

            -- Append-only: the topic that a record became.
            CREATE TABLE reception_topics (
                record_id {uuid} PRIMARY KEY REFERENCES reception_records (id),
                topic_id {uuid} NOT NULL UNIQUE REFERENCES topics (id),
                at BIGINT NOT NULL
            ) {strict};

            -- Addresses under which a person's calendar is read; the secret itself is kept nowhere.
            CREATE TABLE calendar_feeds (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                secret_hash {bytes} NOT NULL UNIQUE,
                name TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                revoked_at BIGINT
            ) {strict};
            CREATE INDEX calendar_feeds_of_account ON calendar_feeds (account_id) WHERE revoked_at IS NULL;

            ALTER TABLE accounts ADD COLUMN no_sms {bool} NOT NULL DEFAULT {false};
            ",
        )
        .await?;
        // SQLite names no unique rule that is broken: a trigger does.
        ddl::each(
            manager,
            "",
            "CREATE TRIGGER one_rating_per_record BEFORE INSERT ON reception_ratings BEGIN
                 SELECT RAISE(ABORT, 'one_rating_per_record') WHERE EXISTS (SELECT 1 FROM reception_ratings WHERE record_id = NEW.record_id);
             END;
             CREATE TRIGGER one_topic_per_record BEFORE INSERT ON reception_topics BEGIN
                 SELECT RAISE(ABORT, 'reception_topics_pkey') WHERE EXISTS (SELECT 1 FROM reception_topics WHERE record_id = NEW.record_id);
             END;",
        )
        .await?;
        for table in ["reception_ratings", "reception_topics"] {
            ddl::append_only(manager, table).await?;
        }
        Ok(())
    }
}
