//! Words of topics: postings that grow with writes, and how many topics have each word.
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
            -- A word is kept as the first eight bytes of its hash: short, alike in both databases, and nothing to read.
            CREATE TABLE topic_terms (
                term BIGINT NOT NULL,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                -- How much title and text speak of it, 0 to 1000; 0: only an answer does.
                weight BIGINT NOT NULL,
                -- Where it stands: 4 title, 2 text, 1 answer, added up.
                stands BIGINT NOT NULL,
                PRIMARY KEY (term, topic_id)
            ) {strict_without_rowid};
            CREATE INDEX topic_terms_of_topic ON topic_terms (topic_id);

            -- How many topics have the word; brought up to date by the worker. Term 0: how many topics there are.
            CREATE TABLE term_counts (term BIGINT PRIMARY KEY, topics BIGINT NOT NULL) {strict};

            -- Words that came or went with a write and are not counted yet.
            CREATE TABLE term_changes (
                id {uuid} PRIMARY KEY,
                -- Eight bytes a word.
                terms {bytes} NOT NULL,
                step BIGINT NOT NULL CHECK (step IN (-1, 1))
            ) {strict};

            -- When its words were last written; NULL: the worker still has to.
            ALTER TABLE topics ADD COLUMN terms_at BIGINT;
            CREATE INDEX topics_without_terms ON topics (id) WHERE terms_at IS NULL;
            ",
        )
        .await
    }
}
