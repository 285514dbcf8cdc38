//! What topics become, what their authors say to the answers, and the second look at what was not taken up.
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
            -- What a topic was adopted as. Its room may not exist yet: then a reference and a text stand for it.
            CREATE TABLE topic_adoptions (
                id {uuid} PRIMARY KEY,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                what TEXT NOT NULL CHECK (what IN ('CONSULTATION', 'INSIDE')),
                reference TEXT,
                body TEXT NOT NULL,
                at BIGINT NOT NULL,
                adopted_by {uuid} NOT NULL REFERENCES accounts (id),
                -- What came of it; public.
                result TEXT,
                ended_at BIGINT,
                ended_by {uuid} REFERENCES accounts (id),
                CONSTRAINT adoption_ends_whole CHECK ((result IS NULL) = (ended_at IS NULL) AND (result IS NULL) = (ended_by IS NULL))
            ) {strict};
            CREATE INDEX topic_adoptions_of_topic ON topic_adoptions (topic_id, at);

            ALTER TABLE topic_answers ADD COLUMN hand_over_id {uuid} REFERENCES hand_overs (id);
            -- The unit whose answer it is; NULL: the desk's.
            ALTER TABLE topic_answers ADD COLUMN unit_id {uuid} REFERENCES organisations (id);

            -- Append-only: what an author says to an answer, once per topic raised and answer; their words under their own key.
            CREATE TABLE topic_confirmations (
                id {uuid} PRIMARY KEY,
                answer_id {uuid} NOT NULL REFERENCES topic_answers (id),
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                kept {bool} NOT NULL,
                statement_enc {bytes},
                statement_subject {uuid},
                -- Said to the desk by a caller.
                entered_by {uuid} REFERENCES accounts (id),
                at BIGINT NOT NULL,
                CONSTRAINT confirmed_once UNIQUE (topic_id, answer_id)
            ) {strict};
            CREATE INDEX topic_confirmations_of_answer ON topic_confirmations (answer_id);
            CREATE INDEX topic_confirmations_in_time ON topic_confirmations (at);

            -- One second look per topic.
            CREATE TABLE second_looks (
                topic_id {uuid} PRIMARY KEY REFERENCES topics (id),
                asked_at BIGINT NOT NULL,
                statement_enc {bytes} NOT NULL,
                statement_subject {uuid} NOT NULL,
                decision TEXT CHECK (decision IN ('TAKEN_UP', 'UPHELD')),
                decided_at BIGINT,
                decided_by {uuid} REFERENCES accounts (id),
                CONSTRAINT second_look_decided_whole CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL))
            ) {strict};
            CREATE INDEX second_looks_open ON second_looks (asked_at) WHERE decision IS NULL;
            ",
        )
        .await?;
        ddl::append_only(manager, "topic_confirmations").await?;
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const RULES_POSTGRES: &str = "
CREATE FUNCTION ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ends_once', MESSAGE = 'ends_once';
END $$;
CREATE TRIGGER topic_adoptions_end_once BEFORE UPDATE ON topic_adoptions FOR EACH ROW WHEN (OLD.result IS NOT NULL) EXECUTE FUNCTION ends_once();
CREATE TRIGGER second_looks_end_once BEFORE UPDATE ON second_looks FOR EACH ROW WHEN (OLD.decision IS NOT NULL) EXECUTE FUNCTION ends_once();
CREATE TRIGGER topic_adoptions_no_delete BEFORE DELETE ON topic_adoptions FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE TRIGGER second_looks_no_delete BEFORE DELETE ON second_looks FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER confirmed_once BEFORE INSERT ON topic_confirmations BEGIN
    SELECT RAISE(ABORT, 'confirmed_once') WHERE EXISTS
        (SELECT 1 FROM topic_confirmations WHERE topic_id = NEW.topic_id AND answer_id = NEW.answer_id);
END;
CREATE TRIGGER one_second_look BEFORE INSERT ON second_looks BEGIN
    SELECT RAISE(ABORT, 'second_looks_pkey') WHERE EXISTS (SELECT 1 FROM second_looks WHERE topic_id = NEW.topic_id);
END;
CREATE TRIGGER topic_adoptions_end_once BEFORE UPDATE ON topic_adoptions WHEN OLD.result IS NOT NULL BEGIN SELECT RAISE(ABORT, 'ends_once'); END;
CREATE TRIGGER second_looks_end_once BEFORE UPDATE ON second_looks WHEN OLD.decision IS NOT NULL BEGIN SELECT RAISE(ABORT, 'ends_once'); END;
CREATE TRIGGER topic_adoptions_no_delete BEFORE DELETE ON topic_adoptions BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER second_looks_no_delete BEFORE DELETE ON second_looks BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
