//! Topics that speak of one matter: clusters with consent, the longer way of a topic, and who looks at it.
use crate::ddl;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Moves that join those of `m20261122_000004_topics`.
const MOVES: &[(&str, &str)] = &[
    ("NEEDS_MORE", "LAPSED"),
    ("LAPSED", "SUBMITTED"),
    ("ACCEPTED", "SHORTLISTED"),
    ("ACCEPTED", "HANDED_OVER"),
    ("SHORTLISTED", "ADOPTED"),
    ("SHORTLISTED", "ANSWERED"),
    ("SHORTLISTED", "SETTLED"),
    ("SHORTLISTED", "ACCEPTED"),
    ("SHORTLISTED", "REOPENED"),
    ("SHORTLISTED", "WITHDRAWN"),
    ("HANDED_OVER", "ANSWERED"),
    ("HANDED_OVER", "SETTLED"),
    ("HANDED_OVER", "ACCEPTED"),
    ("HANDED_OVER", "REOPENED"),
    ("ADOPTED", "ANSWERED"),
    ("ADOPTED", "SETTLED"),
    ("ANSWERED", "CONFIRMED"),
    ("ANSWERED", "REOPENED"),
    ("REOPENED", "SHORTLISTED"),
    ("REOPENED", "HANDED_OVER"),
    ("REOPENED", "ANSWERED"),
    ("REOPENED", "SETTLED"),
    ("REJECTED", "ACCEPTED"),
    ("REDIRECTED", "ACCEPTED"),
];

const STATES: &str = "state IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED', 'ANSWERED', 'REDIRECTED', 'REJECTED', 'WITHDRAWN')";
const MORE_STATES: &str = "state IN ('SUBMITTED', 'NEEDS_MORE', 'LAPSED', 'ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'ANSWERED', 'CONFIRMED', 'REOPENED', 'SETTLED', 'REDIRECTED', 'REJECTED', 'WITHDRAWN')";
const PUBLIC: &str = "state IN ('ACCEPTED', 'ANSWERED')";
const MORE_PUBLIC: &str = "state IN ('ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'ANSWERED', 'CONFIRMED', 'REOPENED', 'SETTLED')";

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
            ALTER TABLE topics ADD COLUMN canonical_id {uuid} REFERENCES topics (id);
            -- How many topics are merged into this one.
            ALTER TABLE topics ADD COLUMN merged_count BIGINT NOT NULL DEFAULT 0 CHECK (merged_count >= 0);
            -- Of a topic that stands for itself or for others: persons who back any of them, authors not counted.
            ALTER TABLE topics ADD COLUMN voice_count BIGINT NOT NULL DEFAULT 0 CHECK (voice_count >= 0);
            ALTER TABLE topics ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0 CHECK (reopened BETWEEN 0 AND 2);
            ALTER TABLE topics ADD COLUMN taken_by {uuid} REFERENCES accounts (id);
            ALTER TABLE topics ADD COLUMN taken_at BIGINT;
            -- When its authors are asked whether the answer was kept; NULL: not to be asked, or asked already.
            ALTER TABLE topics ADD COLUMN ask_at BIGINT;
            ALTER TABLE topic_supports ADD COLUMN declined {bool} NOT NULL DEFAULT {false};
            UPDATE topics SET voice_count = support_count;
            ",
        )
        .await?;
        widen(manager).await?;
        ddl::run(
            manager,
            "
            CREATE INDEX topics_of_canonical ON topics (canonical_id) WHERE canonical_id IS NOT NULL;
            CREATE INDEX topics_to_ask ON topics (ask_at) WHERE ask_at IS NOT NULL;

            -- Who was merged into whom, and for which versions of the canonical topic: the order of what happened to a
            -- cluster is that of its versions, whatever the clocks of the requests say.
            CREATE TABLE topic_merges (
                id {uuid} PRIMARY KEY,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                canonical_id {uuid} NOT NULL REFERENCES topics (id),
                from_version BIGINT NOT NULL,
                until_version BIGINT,
                reason TEXT NOT NULL,
                at BIGINT NOT NULL,
                role TEXT NOT NULL,
                account_id {uuid} NOT NULL,
                ended_at BIGINT,
                ended_role TEXT,
                ended_reason TEXT,
                CONSTRAINT merge_ends_whole CHECK ((until_version IS NULL) = (ended_at IS NULL)),
                CONSTRAINT not_into_itself CHECK (topic_id <> canonical_id)
            ) {strict};
            CREATE UNIQUE INDEX one_canonical_at_a_time ON topic_merges (topic_id) WHERE until_version IS NULL;
            CREATE INDEX topic_merges_into ON topic_merges (canonical_id, from_version);

            -- Append-only: what a backer said to a merge; the last counts.
            CREATE TABLE merge_replies (
                id {uuid} PRIMARY KEY,
                merge_id {uuid} NOT NULL REFERENCES topic_merges (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                carry {bool} NOT NULL,
                at BIGINT NOT NULL
            ) {strict};
            CREATE INDEX merge_replies_of_merge ON merge_replies (merge_id, account_id);

            CREATE TABLE merge_proposals (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                canonical_id {uuid} NOT NULL REFERENCES topics (id),
                reason TEXT NOT NULL,
                proposed_at BIGINT NOT NULL,
                proposed_by {uuid} NOT NULL REFERENCES accounts (id),
                decision TEXT CHECK (decision IN ('MERGED', 'DECLINED')),
                decided_at BIGINT,
                decided_by {uuid} REFERENCES accounts (id),
                note TEXT,
                CONSTRAINT merge_decided_whole CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)),
                CONSTRAINT merge_decided_by_another CHECK (decided_by IS NULL OR decided_by <> proposed_by)
            ) {strict};
            CREATE INDEX merge_proposals_open ON merge_proposals (committee_id, id) WHERE decision IS NULL;
            CREATE TABLE merge_proposal_topics (
                proposal_id {uuid} NOT NULL REFERENCES merge_proposals (id),
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                PRIMARY KEY (proposal_id, topic_id)
            ) {strict};
            ",
        )
        .await?;
        lists(manager).await?;
        for (from, to) in MOVES {
            ddl::run(manager, &format!("INSERT INTO topic_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        for table in ["merge_replies", "merge_proposal_topics"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

/// Puts the longer lists of states in the place of the first ones. SQLite cannot alter a CHECK: its text is changed
/// where it is kept, which touches no row (https://sqlite.org/lang_altertable.html, part 7).
async fn widen(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let statements = match manager.get_database_backend() {
        DbBackend::Sqlite => vec![
            "PRAGMA writable_schema = ON;".to_owned(),
            format!(
                "UPDATE sqlite_schema SET sql = replace(replace(sql, '{}', '{}'), '{}', '{}') WHERE type = 'table' AND name = 'topics';",
                STATES.replace('\'', "''"),
                MORE_STATES.replace('\'', "''"),
                PUBLIC.replace('\'', "''"),
                MORE_PUBLIC.replace('\'', "''")
            ),
            "PRAGMA writable_schema = RESET;".to_owned(),
        ],
        _ => vec![format!(
            "ALTER TABLE topics DROP CONSTRAINT topics_state_check, DROP CONSTRAINT public_only_when_accepted;
             ALTER TABLE topics ADD CONSTRAINT topics_state_check CHECK ({MORE_STATES}),
                 ADD CONSTRAINT public_only_when_accepted CHECK (public_since IS NULL OR {MORE_PUBLIC});"
        )],
    };
    for statement in statements {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// The public lists hold each matter once, by its canonical topic; the desk's hold what waits in the longer way too.
async fn lists(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    const LISTED: &str = "WHERE public_since IS NOT NULL AND canonical_id IS NULL";
    for length in [2, 4, 6, 9, 12] {
        ddl::run(
            manager,
            &format!(
                "DROP INDEX topics_public_newest_{length};
                 DROP INDEX topics_public_backed_{length};
                 CREATE INDEX topics_listed_newest_{length} ON topics (substr(division_code, 1, {length}), public_since DESC, id DESC) {LISTED};
                 CREATE INDEX topics_listed_backed_{length} ON topics (substr(division_code, 1, {length}), (voice_count + imported_support) DESC, id DESC) {LISTED};"
            ),
        )
        .await?;
    }
    ddl::run(
        manager,
        &format!(
            "DROP INDEX topics_public_newest;
             DROP INDEX topics_public_backed;
             CREATE INDEX topics_listed_newest ON topics (public_since DESC, id DESC) {LISTED};
             CREATE INDEX topics_listed_backed ON topics ((voice_count + imported_support) DESC, id DESC) {LISTED};
             DROP INDEX topics_of_desk;
             CREATE INDEX topics_of_desk ON topics (committee_id, submitted_at, id)
                 WHERE state IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'REOPENED');"
        ),
    )
    .await
}

/// A support counts for the canonical topic of its cluster: once a person, and not for those who raised one of its
/// topics. The row locks go from the merged topic to the canonical one, as they do wherever both are written.
const RULES_POSTGRES: &str = "
CREATE OR REPLACE FUNCTION topic_support_given() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author uuid; head uuid; merged bigint; is_open boolean;
BEGIN
    IF NEW.withdrawn_at IS NOT NULL OR NEW.declined THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'append_only', MESSAGE = 'append_only';
    END IF;
    -- The row lock orders this support against answer and merge: it is either told and counted, or refused.
    UPDATE topics SET support_count = support_count + 1, voice_count = voice_count + CASE WHEN merged_count = 0 THEN 1 ELSE 0 END
        WHERE id = NEW.topic_id
        RETURNING author_id, canonical_id, merged_count,
            (state IN ('ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'REOPENED') AND public_since IS NOT NULL)
        INTO author, head, merged, is_open;
    IF head IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'merged_elsewhere', MESSAGE = 'merged_elsewhere';
    END IF;
    IF is_open IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'not_open_for_support', MESSAGE = 'not_open_for_support';
    END IF;
    IF author = NEW.account_id OR (merged > 0 AND topic_author_in(NEW.topic_id, NEW.account_id)) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'own_topic', MESSAGE = 'own_topic';
    END IF;
    IF merged > 0 AND NOT topic_voice_besides(NEW.topic_id, NEW.account_id, NEW.id) THEN
        UPDATE topics SET voice_count = voice_count + 1 WHERE id = NEW.topic_id;
    END IF;
    RETURN NEW;
END $$;

-- Whether the account raised a topic of that cluster.
CREATE FUNCTION topic_author_in(head uuid, who uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN EXISTS (SELECT 1 FROM topics t WHERE t.author_id = who AND (t.id = head OR t.canonical_id = head));
END $$;

-- Whether the account has a voice in that cluster besides the support `but`.
CREATE FUNCTION topic_voice_besides(head uuid, who uuid, but uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN EXISTS (SELECT 1 FROM topic_supports s JOIN topics t ON t.id = s.topic_id
        WHERE s.account_id = who AND s.withdrawn_at IS NULL AND NOT s.declined AND s.id <> but AND (t.id = head OR t.canonical_id = head));
END $$;

CREATE OR REPLACE FUNCTION topic_support_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head uuid; step bigint;
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR NEW.topic_id <> OLD.topic_id OR NEW.account_id <> OLD.account_id
        OR NEW.supported_at <> OLD.supported_at OR NEW.id <> OLD.id OR (NEW.withdrawn_at IS NULL AND NEW.declined = OLD.declined) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'append_only', MESSAGE = 'append_only';
    END IF;
    UPDATE topics SET support_count = support_count - CASE WHEN NEW.withdrawn_at IS NULL THEN 0 ELSE 1 END WHERE id = NEW.topic_id
        RETURNING coalesce(canonical_id, id) INTO head;
    step := CASE WHEN NEW.withdrawn_at IS NULL AND NOT NEW.declined THEN 1 ELSE 0 END - CASE WHEN OLD.declined THEN 0 ELSE 1 END;
    IF step <> 0 THEN
        -- The canonical topic is locked before anybody else's voice in the cluster is looked at.
        PERFORM 1 FROM topics WHERE id = head FOR NO KEY UPDATE;
        IF NOT topic_voice_besides(head, NEW.account_id, NEW.id) AND NOT topic_author_in(head, NEW.account_id) THEN
            UPDATE topics SET voice_count = voice_count + step WHERE id = head;
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- A canonical topic stands for itself, and what stands for others is merged into none: no chains, no cycles. The row
-- lock makes two merges of one topic wait for each other.
CREATE FUNCTION topic_merged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.canonical_id IS NOT NULL THEN
        PERFORM 1 FROM topics WHERE id = NEW.canonical_id AND canonical_id IS NULL AND committee_id IS NOT DISTINCT FROM NEW.committee_id FOR NO KEY UPDATE;
        IF NOT FOUND OR NEW.canonical_id = NEW.id OR EXISTS (SELECT 1 FROM topics WHERE canonical_id = NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'no_chains', MESSAGE = 'no_chains';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_merged BEFORE UPDATE OF canonical_id ON topics FOR EACH ROW EXECUTE FUNCTION topic_merged();

CREATE FUNCTION topic_merge_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.until_version IS NOT NULL OR NEW.until_version IS NULL OR NEW.topic_id <> OLD.topic_id OR NEW.canonical_id <> OLD.canonical_id
        OR NEW.from_version <> OLD.from_version OR NEW.reason <> OLD.reason OR NEW.at <> OLD.at OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'append_only', MESSAGE = 'append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_merge_ends_once BEFORE UPDATE ON topic_merges FOR EACH ROW EXECUTE FUNCTION topic_merge_ends_once();
CREATE TRIGGER topic_merges_no_delete BEFORE DELETE ON topic_merges FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER topic_merges_no_truncate BEFORE TRUNCATE ON topic_merges FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
";

const RULES_SQLITE: &str = "
DROP TRIGGER topic_support_given;
DROP TRIGGER topic_support_counted;
DROP TRIGGER topic_support_once;
DROP TRIGGER topic_support_uncounted;
CREATE TRIGGER topic_support_given BEFORE INSERT ON topic_supports BEGIN
    SELECT RAISE(ABORT, 'append_only') WHERE NEW.withdrawn_at IS NOT NULL OR NEW.declined;
    SELECT RAISE(ABORT, 'merged_elsewhere') WHERE EXISTS (SELECT 1 FROM topics WHERE id = NEW.topic_id AND canonical_id IS NOT NULL);
    SELECT RAISE(ABORT, 'not_open_for_support') WHERE NOT EXISTS (SELECT 1 FROM topics WHERE id = NEW.topic_id
        AND state IN ('ACCEPTED', 'SHORTLISTED', 'HANDED_OVER', 'ADOPTED', 'REOPENED') AND public_since IS NOT NULL);
    SELECT RAISE(ABORT, 'own_topic') WHERE EXISTS
        (SELECT 1 FROM topics WHERE author_id = NEW.account_id AND (id = NEW.topic_id OR canonical_id = NEW.topic_id));
    SELECT RAISE(ABORT, 'one_support_per_person') WHERE EXISTS
        (SELECT 1 FROM topic_supports WHERE topic_id = NEW.topic_id AND account_id = NEW.account_id AND withdrawn_at IS NULL);
END;
CREATE TRIGGER topic_support_counted AFTER INSERT ON topic_supports BEGIN
    UPDATE topics SET support_count = support_count + 1 WHERE id = NEW.topic_id;
    UPDATE topics SET voice_count = voice_count + 1 WHERE id = NEW.topic_id AND NOT EXISTS
        (SELECT 1 FROM topic_supports s JOIN topics t ON t.id = s.topic_id WHERE s.account_id = NEW.account_id AND s.withdrawn_at IS NULL
            AND NOT s.declined AND s.id <> NEW.id AND (t.id = NEW.topic_id OR t.canonical_id = NEW.topic_id));
END;
CREATE TRIGGER topic_support_once BEFORE UPDATE ON topic_supports BEGIN
    SELECT RAISE(ABORT, 'append_only') WHERE OLD.withdrawn_at IS NOT NULL OR NEW.topic_id <> OLD.topic_id OR NEW.account_id <> OLD.account_id
        OR NEW.supported_at <> OLD.supported_at OR NEW.id <> OLD.id OR (NEW.withdrawn_at IS NULL AND NEW.declined = OLD.declined);
END;
CREATE TRIGGER topic_support_uncounted AFTER UPDATE ON topic_supports BEGIN
    UPDATE topics SET support_count = support_count - 1 WHERE id = NEW.topic_id AND NEW.withdrawn_at IS NOT NULL;
    UPDATE topics SET voice_count = voice_count + (NEW.withdrawn_at IS NULL AND NOT NEW.declined) - NOT OLD.declined
        WHERE id = (SELECT coalesce(canonical_id, id) FROM topics WHERE id = NEW.topic_id)
        AND NOT EXISTS (SELECT 1 FROM topic_supports s JOIN topics t ON t.id = s.topic_id WHERE s.account_id = NEW.account_id
            AND s.withdrawn_at IS NULL AND NOT s.declined AND s.id <> NEW.id AND (t.id = topics.id OR t.canonical_id = topics.id))
        AND NOT EXISTS (SELECT 1 FROM topics t WHERE t.author_id = NEW.account_id AND (t.id = topics.id OR t.canonical_id = topics.id));
END;
CREATE TRIGGER topic_merged BEFORE UPDATE OF canonical_id ON topics WHEN NEW.canonical_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'no_chains') WHERE NEW.canonical_id = NEW.id OR EXISTS (SELECT 1 FROM topics WHERE canonical_id = NEW.id)
        OR NOT EXISTS (SELECT 1 FROM topics WHERE id = NEW.canonical_id AND canonical_id IS NULL AND committee_id IS NEW.committee_id);
END;
CREATE TRIGGER topic_merge_ends_once BEFORE UPDATE ON topic_merges BEGIN
    SELECT RAISE(ABORT, 'append_only') WHERE OLD.until_version IS NOT NULL OR NEW.until_version IS NULL OR NEW.topic_id <> OLD.topic_id
        OR NEW.canonical_id <> OLD.canonical_id OR NEW.from_version <> OLD.from_version OR NEW.reason <> OLD.reason OR NEW.at <> OLD.at OR NEW.id <> OLD.id;
END;
CREATE TRIGGER topic_merges_no_delete BEFORE DELETE ON topic_merges BEGIN SELECT RAISE(ABORT, 'append_only'); END;
";
