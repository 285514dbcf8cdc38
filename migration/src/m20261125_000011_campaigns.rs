//! Campaigns: for what, when and where topics are asked for.
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
            CREATE TABLE campaigns (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                name TEXT NOT NULL,
                theme TEXT NOT NULL,
                opens_at BIGINT NOT NULL,
                -- NULL: until it is closed.
                closes_at BIGINT,
                title_limit BIGINT NOT NULL,
                text_limit BIGINT NOT NULL,
                level TEXT NOT NULL CHECK (level IN ('PHONE', 'REAL_NAME')),
                -- Takes the topics that name no campaign.
                is_default {bool} NOT NULL,
                opened_by {uuid} NOT NULL REFERENCES accounts (id),
                created_at BIGINT NOT NULL,
                -- Closed before its time, or without one.
                closed_at BIGINT,
                closed_by {uuid} REFERENCES accounts (id),
                CONSTRAINT campaign_has_length CHECK (closes_at IS NULL OR opens_at < closes_at),
                CONSTRAINT campaign_limits CHECK (title_limit BETWEEN 10 AND 100 AND text_limit BETWEEN 50 AND 5000),
                CONSTRAINT campaign_closed_whole CHECK ((closed_at IS NULL) = (closed_by IS NULL))
            ) {strict};
            CREATE UNIQUE INDEX one_open_default ON campaigns (committee_id) WHERE is_default AND closed_at IS NULL;
            CREATE INDEX campaigns_of_committee ON campaigns (committee_id, id);

            -- Where it asks: each with its whole subtree.
            CREATE TABLE campaign_divisions (
                campaign_id {uuid} NOT NULL REFERENCES campaigns (id),
                division_code {code} NOT NULL REFERENCES divisions (code),
                PRIMARY KEY (campaign_id, division_code)
            ) {strict};
            CREATE INDEX campaigns_of_division ON campaign_divisions (division_code);

            ALTER TABLE topics ADD COLUMN campaign_id {uuid} REFERENCES campaigns (id);
            CREATE INDEX topics_of_campaign ON topics (campaign_id, id) WHERE campaign_id IS NOT NULL;
            ",
        )
        .await?;
        ddl::append_only(manager, "campaign_divisions").await?;
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const RULES_POSTGRES: &str = "
-- The share lock makes a topic and the closing of its campaign wait for each other.
CREATE FUNCTION topic_in_campaign() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM 1 FROM campaigns c WHERE c.id = NEW.campaign_id AND c.committee_id = NEW.committee_id AND c.closed_at IS NULL
        AND c.opens_at <= NEW.submitted_at AND (c.closes_at IS NULL OR c.closes_at > NEW.submitted_at) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'campaign_is_open', MESSAGE = 'campaign_is_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_in_campaign BEFORE INSERT ON topics FOR EACH ROW WHEN (NEW.campaign_id IS NOT NULL) EXECUTE FUNCTION topic_in_campaign();
CREATE TRIGGER topic_keeps_its_campaign BEFORE UPDATE OF campaign_id ON topics FOR EACH ROW
    WHEN (OLD.campaign_id IS DISTINCT FROM NEW.campaign_id AND OLD.campaign_id IS NOT NULL AND NEW.campaign_id IS NOT NULL)
    EXECUTE FUNCTION refuse('topic_keeps_its_campaign');
CREATE TRIGGER campaigns_no_delete BEFORE DELETE ON campaigns FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER one_open_default BEFORE INSERT ON campaigns WHEN NEW.is_default AND NEW.closed_at IS NULL BEGIN
    SELECT RAISE(ABORT, 'one_open_default') WHERE EXISTS
        (SELECT 1 FROM campaigns WHERE committee_id = NEW.committee_id AND is_default AND closed_at IS NULL);
END;
CREATE TRIGGER topic_in_campaign BEFORE INSERT ON topics WHEN NEW.campaign_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'campaign_is_open') WHERE NOT EXISTS
        (SELECT 1 FROM campaigns c WHERE c.id = NEW.campaign_id AND c.committee_id = NEW.committee_id AND c.closed_at IS NULL
            AND c.opens_at <= NEW.submitted_at AND (c.closes_at IS NULL OR c.closes_at > NEW.submitted_at));
END;
CREATE TRIGGER topic_keeps_its_campaign BEFORE UPDATE OF campaign_id ON topics
    WHEN OLD.campaign_id IS NOT NULL AND NEW.campaign_id IS NOT NULL AND OLD.campaign_id <> NEW.campaign_id BEGIN
    SELECT RAISE(ABORT, 'topic_keeps_its_campaign');
END;
CREATE TRIGGER campaigns_no_delete BEFORE DELETE ON campaigns BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
