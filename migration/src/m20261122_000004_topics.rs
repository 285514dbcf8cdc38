//! Topics, what happened to them, who backed them, and their answers.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The declared moves. Later migrations may add; the test `the_moves_of_the_code_are_those_of_the_database` compares.
const MOVES: &[(&str, &str)] = &[
    ("SUBMITTED", "NEEDS_MORE"),
    ("NEEDS_MORE", "SUBMITTED"),
    ("SUBMITTED", "ACCEPTED"),
    ("SUBMITTED", "REDIRECTED"),
    ("SUBMITTED", "REJECTED"),
    ("NEEDS_MORE", "REDIRECTED"),
    ("NEEDS_MORE", "REJECTED"),
    ("ACCEPTED", "ANSWERED"),
    ("ACCEPTED", "REDIRECTED"),
    ("ACCEPTED", "REJECTED"),
    ("SUBMITTED", "WITHDRAWN"),
    ("NEEDS_MORE", "WITHDRAWN"),
    ("ACCEPTED", "WITHDRAWN"),
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
            CREATE TABLE topic_moves (from_state TEXT NOT NULL, to_state TEXT NOT NULL, PRIMARY KEY (from_state, to_state)) {strict};

            CREATE TABLE topics (
                id {uuid} PRIMARY KEY,
                -- NULL: imported before any committee covers the division; the first that does takes it over.
                committee_id {uuid} REFERENCES organisations (id),
                division_code {code} NOT NULL REFERENCES divisions (code),
                place_id {uuid} REFERENCES places (id),
                source TEXT NOT NULL CHECK (source IN ('PARTY_GOV', 'MEMBER', 'PUBLIC')),
                state TEXT NOT NULL CHECK (state IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED', 'ANSWERED', 'REDIRECTED', 'REJECTED', 'WITHDRAWN')),
                version BIGINT NOT NULL,
                author_id {uuid} REFERENCES accounts (id),
                caller_id {uuid} REFERENCES callers (id),
                entered_by {uuid} REFERENCES accounts (id),
                imported_from TEXT,
                alias TEXT NOT NULL,
                -- Masked; NULL once the author has been erased.
                title TEXT,
                body TEXT,
                support_count BIGINT NOT NULL,
                imported_support BIGINT NOT NULL,
                submitted_at BIGINT NOT NULL,
                -- NULL: not for the public (not accepted yet, redirected, rejected, withdrawn, taken down).
                public_since BIGINT,
                taken_down_at BIGINT,
                reason TEXT,
                redirected_to TEXT,
                CONSTRAINT one_origin CHECK (
                    (CASE WHEN author_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN caller_id IS NULL THEN 0 ELSE 1 END)
                    + (CASE WHEN imported_from IS NULL THEN 0 ELSE 1 END) = 1),
                CONSTRAINT caller_entered_by_officer CHECK ((caller_id IS NULL) = (entered_by IS NULL)),
                CONSTRAINT public_only_when_accepted CHECK (public_since IS NULL OR state IN ('ACCEPTED', 'ANSWERED')),
                CONSTRAINT supports_not_negative CHECK (support_count >= 0 AND imported_support >= 0)
            ) {strict};
            CREATE UNIQUE INDEX one_topic_per_import ON topics (imported_from);
            CREATE INDEX topics_by_author ON topics (author_id, id);
            CREATE INDEX topics_by_caller ON topics (caller_id);
            -- The desk: open first looks of a committee, oldest first.
            CREATE INDEX topics_of_desk ON topics (committee_id, submitted_at, id) WHERE state IN ('SUBMITTED', 'NEEDS_MORE', 'ACCEPTED');

            -- Append-only: one row a move. `note` is what the desk said to everyone; `note_enc` what desk and author said to each
            -- other, under the key of `note_subject`, so that it goes with the person.
            CREATE TABLE topic_events (
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                version BIGINT NOT NULL,
                id {uuid} NOT NULL UNIQUE,
                at BIGINT NOT NULL,
                what TEXT NOT NULL,
                from_state TEXT,
                to_state TEXT NOT NULL,
                role TEXT NOT NULL,
                account_id {uuid},
                reason TEXT,
                note TEXT,
                note_enc {bytes},
                note_subject {uuid},
                PRIMARY KEY (topic_id, version)
            ) {strict};

            -- What was written, before masking, under the key of the person who wrote it.
            CREATE TABLE topic_originals (
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                version BIGINT NOT NULL,
                subject_id {uuid} NOT NULL,
                title_enc {bytes} NOT NULL,
                body_enc {bytes} NOT NULL,
                PRIMARY KEY (topic_id, version)
            ) {strict};

            CREATE TABLE topic_answers (
                id {uuid} PRIMARY KEY,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                body TEXT NOT NULL,
                at BIGINT NOT NULL,
                answered_by {uuid} REFERENCES accounts (id),
                imported {bool} NOT NULL
            ) {strict};
            CREATE INDEX topic_answers_by_topic ON topic_answers (topic_id, at);

            -- A support is given once and can be taken back once; giving it again is a new row.
            CREATE TABLE topic_supports (
                id {uuid} PRIMARY KEY,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                supported_at BIGINT NOT NULL,
                withdrawn_at BIGINT
            ) {strict};
            CREATE UNIQUE INDEX one_support_per_person ON topic_supports (topic_id, account_id) WHERE withdrawn_at IS NULL;
            CREATE INDEX topic_supports_by_account ON topic_supports (account_id, id) WHERE withdrawn_at IS NULL;
            CREATE INDEX topic_supports_in_order ON topic_supports (topic_id, id);

            CREATE TABLE topic_flags (
                id {uuid} PRIMARY KEY,
                topic_id {uuid} NOT NULL REFERENCES topics (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                why TEXT NOT NULL CHECK (why IN ('PERSONAL_DATA', 'ABUSIVE', 'FALSE', 'SPAM', 'OTHER')),
                note_enc {bytes},
                at BIGINT NOT NULL,
                CONSTRAINT one_flag_per_person UNIQUE (topic_id, account_id)
            ) {strict};
            ",
        )
        .await?;
        // The public lists, by subtree and order: every page is one walk along one index, whatever the size of the subtree.
        for length in [2, 4, 6, 9, 12] {
            ddl::run(
                manager,
                &format!(
                    "CREATE INDEX topics_public_newest_{length} ON topics (substr(division_code, 1, {length}), public_since DESC, id DESC) WHERE public_since IS NOT NULL;
                     CREATE INDEX topics_public_backed_{length} ON topics (substr(division_code, 1, {length}), (support_count + imported_support) DESC, id DESC) WHERE public_since IS NOT NULL;"
                ),
            )
            .await?;
        }
        ddl::run(
            manager,
            "CREATE INDEX topics_public_newest ON topics (public_since DESC, id DESC) WHERE public_since IS NOT NULL;
             CREATE INDEX topics_public_backed ON topics ((support_count + imported_support) DESC, id DESC) WHERE public_since IS NOT NULL;",
        )
        .await?;
        for (from, to) in MOVES {
            ddl::run(manager, &format!("INSERT INTO topic_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        for table in ["topic_events", "topic_originals", "topic_answers"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const RULES_POSTGRES: &str = "
CREATE FUNCTION topic_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'version_grows_by_one', MESSAGE = 'version_grows_by_one';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM topic_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'undeclared_move', MESSAGE = 'undeclared_move';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_state_moves BEFORE UPDATE OF state, version ON topics FOR EACH ROW EXECUTE FUNCTION topic_state_moves();

CREATE FUNCTION topic_begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.support_count <> 0 OR (NEW.imported_from IS NULL AND (NEW.state <> 'SUBMITTED' OR NEW.version <> 1 OR NEW.public_since IS NOT NULL)) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'topic_begins_submitted', MESSAGE = 'topic_begins_submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_begins BEFORE INSERT ON topics FOR EACH ROW EXECUTE FUNCTION topic_begins();
CREATE TRIGGER topic_keeps_its_author BEFORE UPDATE OF author_id, caller_id, imported_from ON topics FOR EACH ROW
    WHEN (NEW.author_id IS DISTINCT FROM OLD.author_id OR NEW.caller_id IS DISTINCT FROM OLD.caller_id OR NEW.imported_from IS DISTINCT FROM OLD.imported_from)
    EXECUTE FUNCTION refuse('topic_keeps_its_author');

CREATE FUNCTION topic_support_given() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE author uuid; is_open boolean;
BEGIN
    IF NEW.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'append_only', MESSAGE = 'append_only';
    END IF;
    -- The row lock orders this support against the answer: it is either told or refused.
    UPDATE topics SET support_count = support_count + 1 WHERE id = NEW.topic_id
        RETURNING author_id, (state = 'ACCEPTED' AND public_since IS NOT NULL) INTO author, is_open;
    IF is_open IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'not_open_for_support', MESSAGE = 'not_open_for_support';
    END IF;
    IF author = NEW.account_id THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'own_topic', MESSAGE = 'own_topic';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_support_given AFTER INSERT ON topic_supports FOR EACH ROW EXECUTE FUNCTION topic_support_given();

CREATE FUNCTION topic_support_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.topic_id <> OLD.topic_id
        OR NEW.account_id <> OLD.account_id OR NEW.supported_at <> OLD.supported_at OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'append_only', MESSAGE = 'append_only';
    END IF;
    UPDATE topics SET support_count = support_count - 1 WHERE id = NEW.topic_id;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_support_changed AFTER UPDATE ON topic_supports FOR EACH ROW EXECUTE FUNCTION topic_support_changed();
CREATE TRIGGER topic_supports_no_delete BEFORE DELETE ON topic_supports FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER topic_supports_no_truncate BEFORE TRUNCATE ON topic_supports FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER topic_state_moves BEFORE UPDATE OF state, version ON topics BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> OLD.state
        AND NOT EXISTS (SELECT 1 FROM topic_moves WHERE from_state = OLD.state AND to_state = NEW.state);
END;
CREATE TRIGGER topic_begins BEFORE INSERT ON topics BEGIN
    SELECT RAISE(ABORT, 'topic_begins_submitted') WHERE NEW.support_count <> 0
        OR (NEW.imported_from IS NULL AND (NEW.state <> 'SUBMITTED' OR NEW.version <> 1 OR NEW.public_since IS NOT NULL));
END;
CREATE TRIGGER topic_keeps_its_author BEFORE UPDATE OF author_id, caller_id, imported_from ON topics BEGIN
    SELECT RAISE(ABORT, 'topic_keeps_its_author') WHERE NEW.author_id IS NOT OLD.author_id OR NEW.caller_id IS NOT OLD.caller_id
        OR NEW.imported_from IS NOT OLD.imported_from;
END;
CREATE TRIGGER topic_support_given BEFORE INSERT ON topic_supports BEGIN
    SELECT RAISE(ABORT, 'append_only') WHERE NEW.withdrawn_at IS NOT NULL;
    SELECT RAISE(ABORT, 'not_open_for_support') WHERE NOT EXISTS
        (SELECT 1 FROM topics WHERE id = NEW.topic_id AND state = 'ACCEPTED' AND public_since IS NOT NULL);
    SELECT RAISE(ABORT, 'own_topic') WHERE EXISTS (SELECT 1 FROM topics WHERE id = NEW.topic_id AND author_id = NEW.account_id);
    SELECT RAISE(ABORT, 'one_support_per_person') WHERE EXISTS
        (SELECT 1 FROM topic_supports WHERE topic_id = NEW.topic_id AND account_id = NEW.account_id AND withdrawn_at IS NULL);
END;
CREATE TRIGGER topic_support_counted AFTER INSERT ON topic_supports BEGIN
    UPDATE topics SET support_count = support_count + 1 WHERE id = NEW.topic_id;
END;
CREATE TRIGGER topic_support_once BEFORE UPDATE ON topic_supports BEGIN
    SELECT RAISE(ABORT, 'append_only') WHERE OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.topic_id <> OLD.topic_id
        OR NEW.account_id <> OLD.account_id OR NEW.supported_at <> OLD.supported_at OR NEW.id <> OLD.id;
END;
CREATE TRIGGER topic_support_uncounted AFTER UPDATE ON topic_supports BEGIN
    UPDATE topics SET support_count = support_count - 1 WHERE id = NEW.topic_id;
END;
CREATE TRIGGER topic_supports_no_delete BEFORE DELETE ON topic_supports BEGIN SELECT RAISE(ABORT, 'append_only'); END;
";
