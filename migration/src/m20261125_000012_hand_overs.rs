//! Hand-overs to units: one mechanism for topics now, for reception records and agreed items later.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The declared moves; the test `the_moves_of_hand_overs_are_those_of_the_database` compares.
const MOVES: &[(&str, &str)] = &[
    ("GIVEN", "ACCEPTED"),
    ("GIVEN", "RETURNED"),
    ("ACCEPTED", "RETURNED"),
    ("GIVEN", "REPLIED"),
    ("ACCEPTED", "REPLIED"),
    ("GIVEN", "RECALLED"),
    ("ACCEPTED", "RECALLED"),
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
            CREATE TABLE hand_over_moves (from_state TEXT NOT NULL, to_state TEXT NOT NULL, PRIMARY KEY (from_state, to_state)) {strict};

            CREATE TABLE hand_overs (
                id {uuid} PRIMARY KEY,
                committee_id {uuid} NOT NULL REFERENCES organisations (id),
                subject_kind TEXT NOT NULL CHECK (subject_kind IN ('TOPIC', 'RECEPTION_RECORD', 'AGREED_ITEM')),
                subject_id {uuid} NOT NULL,
                -- Where the subject lies: whose desk it is.
                division_code {code} NOT NULL REFERENCES divisions (code),
                unit_id {uuid} NOT NULL REFERENCES organisations (id),
                state TEXT NOT NULL CHECK (state IN ('GIVEN', 'ACCEPTED', 'RETURNED', 'REPLIED', 'RECALLED')),
                version BIGINT NOT NULL,
                -- What the desk asks of the unit; between the two of them.
                task TEXT NOT NULL,
                given_at BIGINT NOT NULL,
                given_by {uuid} NOT NULL REFERENCES accounts (id),
                -- Due by a date of its own; NULL: by the working days of its deadline.
                due_at BIGINT,
                extended {bool} NOT NULL,
                reply TEXT,
                ended_at BIGINT,
                CONSTRAINT replied_whole CHECK ((state = 'REPLIED') = (reply IS NOT NULL)),
                CONSTRAINT ended_whole CHECK ((state IN ('RETURNED', 'REPLIED', 'RECALLED')) = (ended_at IS NOT NULL))
            ) {strict};
            CREATE UNIQUE INDEX one_open_hand_over ON hand_overs (subject_id) WHERE state IN ('GIVEN', 'ACCEPTED');
            CREATE INDEX hand_overs_of_subject ON hand_overs (subject_id, id);
            CREATE INDEX hand_overs_of_desk ON hand_overs (committee_id, division_code) WHERE state IN ('GIVEN', 'ACCEPTED');
            CREATE INDEX hand_overs_of_unit ON hand_overs (unit_id, id);
            CREATE INDEX hand_overs_of_unit_open ON hand_overs (unit_id, id) WHERE state IN ('GIVEN', 'ACCEPTED');

            -- Append-only: one row a move, and one for an extension.
            CREATE TABLE hand_over_events (
                hand_over_id {uuid} NOT NULL REFERENCES hand_overs (id),
                version BIGINT NOT NULL,
                id {uuid} NOT NULL UNIQUE,
                at BIGINT NOT NULL,
                what TEXT NOT NULL,
                to_state TEXT NOT NULL,
                role TEXT NOT NULL,
                account_id {uuid},
                note TEXT,
                PRIMARY KEY (hand_over_id, version)
            ) {strict};

            -- Append-only: what those who asked think of the reply, once each; the comment under their own key.
            CREATE TABLE hand_over_ratings (
                id {uuid} PRIMARY KEY,
                hand_over_id {uuid} NOT NULL REFERENCES hand_overs (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
                comment_enc {bytes},
                at BIGINT NOT NULL,
                CONSTRAINT one_rating_per_person UNIQUE (hand_over_id, account_id)
            ) {strict};
            CREATE INDEX hand_over_ratings_of_account ON hand_over_ratings (account_id);
            ",
        )
        .await?;
        for (from, to) in MOVES {
            ddl::run(manager, &format!("INSERT INTO hand_over_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        for table in ["hand_over_events", "hand_over_ratings"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const RULES_POSTGRES: &str = "
CREATE FUNCTION hand_over_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'version_grows_by_one', MESSAGE = 'version_grows_by_one';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM hand_over_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'undeclared_move', MESSAGE = 'undeclared_move';
    END IF;
    IF OLD.extended AND NOT NEW.extended THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'extended_once', MESSAGE = 'extended_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_over_moves BEFORE UPDATE ON hand_overs FOR EACH ROW EXECUTE FUNCTION hand_over_moves();
CREATE TRIGGER hand_overs_no_delete BEFORE DELETE ON hand_overs FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
";

const RULES_SQLITE: &str = "
CREATE TRIGGER one_open_hand_over BEFORE INSERT ON hand_overs BEGIN
    SELECT RAISE(ABORT, 'one_open_hand_over') WHERE EXISTS
        (SELECT 1 FROM hand_overs WHERE subject_id = NEW.subject_id AND state IN ('GIVEN', 'ACCEPTED'));
END;
CREATE TRIGGER one_rating_per_person BEFORE INSERT ON hand_over_ratings BEGIN
    SELECT RAISE(ABORT, 'one_rating_per_person') WHERE EXISTS
        (SELECT 1 FROM hand_over_ratings WHERE hand_over_id = NEW.hand_over_id AND account_id = NEW.account_id);
END;
CREATE TRIGGER hand_over_moves BEFORE UPDATE ON hand_overs BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'undeclared_move') WHERE NEW.state <> OLD.state
        AND NOT EXISTS (SELECT 1 FROM hand_over_moves WHERE from_state = OLD.state AND to_state = NEW.state);
    SELECT RAISE(ABORT, 'extended_once') WHERE OLD.extended AND NOT NEW.extended;
END;
CREATE TRIGGER hand_overs_no_delete BEFORE DELETE ON hand_overs BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
";
