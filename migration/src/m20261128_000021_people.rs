//! Who takes part in a consultation: invitations and replies with their seats, attendance, contributions.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Further declared moves of consultations.
const MOVES: &[(&str, &str)] = &[("ANNOUNCED", "IN_SITTING"), ("IN_SITTING", "ANNOUNCED"), ("IN_SITTING", "CANCELLED")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // A process killed half-way leaves nothing half made, on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, TABLES).await?;
        for (from, to) in MOVES {
            ddl::run(manager, &format!("INSERT INTO consultation_moves (from_state, to_state) VALUES ('{from}', '{to}');")).await?;
        }
        for table in ["consultation_reply_events", "consultation_attendance", "consultation_contributions"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- Who takes part, and as what: one row a person or unit and consultation.
CREATE TABLE consultation_participants (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    party TEXT NOT NULL CHECK (party IN ('MEMBER', 'RESIDENT', 'STAKEHOLDER', 'DEPARTMENT', 'COMMUNITY', 'EXPERT', 'OBSERVER')),
    -- From what the party follows: an invitation, or a fact nobody chooses.
    basis TEXT NOT NULL CHECK (basis IN ('INVITED', 'AUTHORSHIP', 'BACKING', 'PLACE', 'ASKED', 'DOOR')),
    account_id {uuid} REFERENCES accounts (id),
    -- Name and contact as an officer entered them, for people who have no phone with them here.
    caller_id {uuid} REFERENCES callers (id),
    -- A unit that sends somebody.
    unit_id {uuid} REFERENCES organisations (id),
    member_id {uuid} REFERENCES members (id),
    at BIGINT NOT NULL,
    added_by {uuid} REFERENCES accounts (id),
    CONSTRAINT somebody CHECK (account_id IS NOT NULL OR caller_id IS NOT NULL OR unit_id IS NOT NULL),
    CONSTRAINT chosen_by_nobody CHECK (basis <> 'DOOR' OR party IN ('RESIDENT', 'OBSERVER'))
) {strict};
CREATE INDEX participants_of ON consultation_participants (consultation_id, id);
CREATE INDEX participants_by ON consultation_participants (account_id, id) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX one_part_per_person ON consultation_participants (consultation_id, account_id) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX one_part_per_unit ON consultation_participants (consultation_id, unit_id) WHERE unit_id IS NOT NULL;

-- How many seats of a sitting are taken. What replies take is counted by the database, which refuses one seat too many.
CREATE TABLE consultation_seats (
    sitting_id {uuid} PRIMARY KEY REFERENCES consultation_sittings (id),
    taken BIGINT NOT NULL CHECK (taken >= 0),
    waiting BIGINT NOT NULL CHECK (waiting >= 0),
    -- The number given last on the waiting list.
    last_number BIGINT NOT NULL
) {strict};
INSERT INTO consultation_seats (sitting_id, taken, waiting, last_number) SELECT id, 0, 0, 0 FROM consultation_sittings;

-- What a participant says to a sitting.
CREATE TABLE consultation_replies (
    participant_id {uuid} NOT NULL REFERENCES consultation_participants (id),
    sitting_id {uuid} NOT NULL REFERENCES consultation_sittings (id),
    state TEXT NOT NULL CHECK (state IN ('ASKED', 'ATTENDING', 'ON_LEAVE', 'DECLINED', 'DELEGATED', 'WAITING', 'OFFERED', 'EXPIRED', 'GIVEN_BACK')),
    version BIGINT NOT NULL,
    -- Whose time attending takes; NULL: nobody's.
    holds_subject {uuid},
    number BIGINT,
    offer_expires_at BIGINT,
    -- Why not, and who comes instead: under the key of whoever says it.
    said_by {uuid},
    reason_enc {bytes},
    delegate_enc {bytes},
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, sitting_id),
    CONSTRAINT waits_with_a_number CHECK (state NOT IN ('WAITING', 'OFFERED') OR number IS NOT NULL),
    CONSTRAINT offer_has_an_end CHECK ((state = 'OFFERED') = (offer_expires_at IS NOT NULL))
) {strict};
CREATE INDEX replies_of_sitting ON consultation_replies (sitting_id, state, number);
CREATE INDEX replies_offered ON consultation_replies (offer_expires_at) WHERE state = 'OFFERED';

CREATE TABLE consultation_reply_events (
    participant_id {uuid} NOT NULL,
    sitting_id {uuid} NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    account_id {uuid},
    PRIMARY KEY (participant_id, sitting_id, version),
    FOREIGN KEY (participant_id, sitting_id) REFERENCES consultation_replies (participant_id, sitting_id)
) {strict};

-- Who was there; the last row of a participant and sitting counts.
CREATE TABLE consultation_attendance (
    sitting_id {uuid} NOT NULL REFERENCES consultation_sittings (id),
    participant_id {uuid} NOT NULL REFERENCES consultation_participants (id),
    number BIGINT NOT NULL,
    present {bool} NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('CODE', 'SECRETARY')),
    at BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (sitting_id, participant_id, number)
) {strict};

-- What was said, by whom; internal.
CREATE TABLE consultation_contributions (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    sitting_id {uuid} NOT NULL REFERENCES consultation_sittings (id),
    participant_id {uuid} NOT NULL REFERENCES consultation_participants (id),
    -- Under whose key: the speaker's own, or that of whoever entered it for a unit.
    subject_id {uuid} NOT NULL,
    text_enc {bytes} NOT NULL,
    at BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id)
) {strict};
CREATE INDEX contributions_of ON consultation_contributions (consultation_id, id);
CREATE INDEX contributions_by ON consultation_contributions (participant_id, id);

-- Reopened so often, plus one: ratings and confirmations are of one round.
ALTER TABLE consultations ADD COLUMN round BIGINT NOT NULL DEFAULT 1;
-- When its minutes were published first, and whether enough stakeholders had come then; fewer do not count for the quota.
ALTER TABLE consultations ADD COLUMN minuted_at BIGINT;
ALTER TABLE consultations ADD COLUMN share_met {bool};
ALTER TABLE consultations ADD COLUMN reported_at BIGINT;
-- Since when ratings of this round are waited for: the report, or the new beginning.
ALTER TABLE consultations ADD COLUMN rating_since BIGINT;
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION participant_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    -- A member is one, whenever they come; as what others take part is fixed before the start.
    IF NEW.basis = 'INVITED' AND NEW.party <> 'MEMBER' AND NOT EXISTS (SELECT 1 FROM consultations WHERE id = NEW.consultation_id AND state = 'ANNOUNCED') THEN
        PERFORM consultation_breaks('parties_are_fixed');
    END IF;
    IF NEW.basis <> 'INVITED' AND NOT EXISTS
        (SELECT 1 FROM consultations WHERE id = NEW.consultation_id AND state IN ('ANNOUNCED', 'IN_SITTING')) THEN
        PERFORM consultation_breaks('parties_are_fixed');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION takes_part_in_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_participants p JOIN consultation_sittings s ON s.consultation_id = p.consultation_id
        WHERE p.id = NEW.participant_id AND s.id = NEW.sitting_id) THEN
        PERFORM consultation_breaks('takes_part_in_it');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_of_a_participant BEFORE INSERT ON consultation_replies FOR EACH ROW EXECUTE FUNCTION takes_part_in_it();
CREATE TRIGGER attendance_of_a_participant BEFORE INSERT ON consultation_attendance FOR EACH ROW EXECUTE FUNCTION takes_part_in_it();
CREATE TRIGGER contribution_of_a_participant BEFORE INSERT ON consultation_contributions FOR EACH ROW EXECUTE FUNCTION takes_part_in_it();
CREATE FUNCTION attendance_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_sittings s JOIN consultations c ON c.id = s.consultation_id
        WHERE s.id = NEW.sitting_id AND c.state IN ('ANNOUNCED', 'IN_SITTING')) THEN
        PERFORM consultation_breaks('attendance_in_time');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attendance_in_time BEFORE INSERT ON consultation_attendance FOR EACH ROW EXECUTE FUNCTION attendance_in_time();
CREATE TRIGGER participant_added BEFORE INSERT ON consultation_participants FOR EACH ROW EXECUTE FUNCTION participant_added();
CREATE FUNCTION participant_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (NEW.id, NEW.consultation_id, NEW.party, NEW.basis) <> (OLD.id, OLD.consultation_id, OLD.party, OLD.basis) THEN
        PERFORM consultation_breaks('parties_are_fixed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER participant_changed BEFORE UPDATE ON consultation_participants FOR EACH ROW EXECUTE FUNCTION participant_changed();
CREATE TRIGGER consultation_participants_no_delete BEFORE DELETE ON consultation_participants FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION sitting_has_seats() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO consultation_seats (sitting_id, taken, waiting, last_number) VALUES (NEW.id, 0, 0, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER sitting_has_seats AFTER INSERT ON consultation_sittings FOR EACH ROW EXECUTE FUNCTION sitting_has_seats();
CREATE FUNCTION reply_takes_a_seat() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE
    was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '' END;
    seats bigint := (NEW.state IN ('ATTENDING', 'DELEGATED', 'OFFERED'))::int - (was IN ('ATTENDING', 'DELEGATED', 'OFFERED'))::int;
    waits bigint := (NEW.state = 'WAITING')::int - (was = 'WAITING')::int;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.version <> OLD.version + 1 THEN PERFORM consultation_breaks('version_grows_by_one'); END IF;
    IF seats = 0 AND waits = 0 THEN RETURN NULL; END IF;
    UPDATE consultation_seats SET taken = taken + seats, waiting = waiting + waits WHERE sitting_id = NEW.sitting_id
        AND (seats <= 0 OR taken + seats <= (SELECT capacity FROM consultation_sittings WHERE id = NEW.sitting_id));
    IF NOT FOUND THEN PERFORM consultation_breaks('sitting_is_full'); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reply_takes_a_seat AFTER INSERT OR UPDATE ON consultation_replies FOR EACH ROW EXECUTE FUNCTION reply_takes_a_seat();
CREATE TRIGGER consultation_replies_no_delete BEFORE DELETE ON consultation_replies FOR EACH ROW EXECUTE FUNCTION refuse('history_stays');
CREATE FUNCTION sitting_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM consultation_breaks('undeclared_move');
    RETURN NEW;
END $$;
CREATE TRIGGER sitting_held BEFORE UPDATE ON consultation_sittings FOR EACH ROW WHEN (OLD.state = 'HELD') EXECUTE FUNCTION sitting_held();
CREATE FUNCTION consultation_sits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'HELD') THEN
        PERFORM consultation_breaks('no_sitting');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consultation_sits BEFORE UPDATE ON consultations FOR EACH ROW
    WHEN (NEW.state = 'IN_SITTING' AND OLD.state <> 'IN_SITTING') EXECUTE FUNCTION consultation_sits();
";

const RULES_SQLITE: &str = "
CREATE TRIGGER reply_of_a_participant BEFORE INSERT ON consultation_replies BEGIN
    SELECT RAISE(ABORT, 'takes_part_in_it') WHERE NOT EXISTS (SELECT 1 FROM consultation_participants p JOIN consultation_sittings s
        ON s.consultation_id = p.consultation_id WHERE p.id = NEW.participant_id AND s.id = NEW.sitting_id);
END;
CREATE TRIGGER attendance_of_a_participant BEFORE INSERT ON consultation_attendance BEGIN
    SELECT RAISE(ABORT, 'takes_part_in_it') WHERE NOT EXISTS (SELECT 1 FROM consultation_participants p JOIN consultation_sittings s
        ON s.consultation_id = p.consultation_id WHERE p.id = NEW.participant_id AND s.id = NEW.sitting_id);
END;
CREATE TRIGGER contribution_of_a_participant BEFORE INSERT ON consultation_contributions BEGIN
    SELECT RAISE(ABORT, 'takes_part_in_it') WHERE NOT EXISTS (SELECT 1 FROM consultation_participants p JOIN consultation_sittings s
        ON s.consultation_id = p.consultation_id WHERE p.id = NEW.participant_id AND s.id = NEW.sitting_id);
END;
CREATE TRIGGER attendance_in_time BEFORE INSERT ON consultation_attendance BEGIN
    SELECT RAISE(ABORT, 'attendance_in_time') WHERE NOT EXISTS (SELECT 1 FROM consultation_sittings s JOIN consultations c ON c.id = s.consultation_id
        WHERE s.id = NEW.sitting_id AND c.state IN ('ANNOUNCED', 'IN_SITTING'));
END;
CREATE TRIGGER participant_added BEFORE INSERT ON consultation_participants BEGIN
    SELECT RAISE(ABORT, 'parties_are_fixed') WHERE NEW.basis <> 'INVITED' AND NOT EXISTS
        (SELECT 1 FROM consultations WHERE id = NEW.consultation_id AND state IN ('ANNOUNCED', 'IN_SITTING'));
    SELECT RAISE(ABORT, 'parties_are_fixed') WHERE NEW.basis = 'INVITED' AND NEW.party <> 'MEMBER' AND NOT EXISTS
        (SELECT 1 FROM consultations WHERE id = NEW.consultation_id AND state = 'ANNOUNCED');
    SELECT RAISE(ABORT, 'one_part_per_person') WHERE NEW.account_id IS NOT NULL AND EXISTS
        (SELECT 1 FROM consultation_participants o WHERE o.consultation_id = NEW.consultation_id AND o.account_id = NEW.account_id);
    SELECT RAISE(ABORT, 'one_part_per_unit') WHERE NEW.unit_id IS NOT NULL AND EXISTS
        (SELECT 1 FROM consultation_participants o WHERE o.consultation_id = NEW.consultation_id AND o.unit_id = NEW.unit_id);
END;
CREATE TRIGGER participant_changed BEFORE UPDATE ON consultation_participants BEGIN
    SELECT RAISE(ABORT, 'parties_are_fixed') WHERE NEW.id <> OLD.id OR NEW.consultation_id <> OLD.consultation_id OR NEW.party <> OLD.party
        OR NEW.basis <> OLD.basis;
END;
CREATE TRIGGER consultation_participants_no_delete BEFORE DELETE ON consultation_participants BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER sitting_has_seats AFTER INSERT ON consultation_sittings BEGIN
    INSERT INTO consultation_seats (sitting_id, taken, waiting, last_number) VALUES (NEW.id, 0, 0, 0);
END;
CREATE TRIGGER reply_made AFTER INSERT ON consultation_replies BEGIN
    SELECT RAISE(ABORT, 'sitting_is_full') WHERE NEW.state IN ('ATTENDING', 'DELEGATED', 'OFFERED') AND
        (SELECT taken FROM consultation_seats WHERE sitting_id = NEW.sitting_id)
        >= (SELECT capacity FROM consultation_sittings WHERE id = NEW.sitting_id);
    UPDATE consultation_seats SET taken = taken + (NEW.state IN ('ATTENDING', 'DELEGATED', 'OFFERED')), waiting = waiting + (NEW.state = 'WAITING')
        WHERE sitting_id = NEW.sitting_id;
END;
CREATE TRIGGER reply_changed AFTER UPDATE ON consultation_replies BEGIN
    SELECT RAISE(ABORT, 'version_grows_by_one') WHERE NEW.version <> OLD.version + 1;
    SELECT RAISE(ABORT, 'sitting_is_full') WHERE NEW.state IN ('ATTENDING', 'DELEGATED', 'OFFERED')
        AND OLD.state NOT IN ('ATTENDING', 'DELEGATED', 'OFFERED') AND
        (SELECT taken FROM consultation_seats WHERE sitting_id = NEW.sitting_id)
        >= (SELECT capacity FROM consultation_sittings WHERE id = NEW.sitting_id);
    UPDATE consultation_seats SET
        taken = taken + (NEW.state IN ('ATTENDING', 'DELEGATED', 'OFFERED')) - (OLD.state IN ('ATTENDING', 'DELEGATED', 'OFFERED')),
        waiting = waiting + (NEW.state = 'WAITING') - (OLD.state = 'WAITING')
        WHERE sitting_id = NEW.sitting_id;
END;
CREATE TRIGGER consultation_replies_no_delete BEFORE DELETE ON consultation_replies BEGIN SELECT RAISE(ABORT, 'history_stays'); END;
CREATE TRIGGER sitting_held BEFORE UPDATE ON consultation_sittings WHEN OLD.state = 'HELD' BEGIN SELECT RAISE(ABORT, 'undeclared_move'); END;
CREATE TRIGGER consultation_sits BEFORE UPDATE ON consultations WHEN NEW.state = 'IN_SITTING' AND OLD.state <> 'IN_SITTING' BEGIN
    SELECT RAISE(ABORT, 'no_sitting') WHERE NOT EXISTS
        (SELECT 1 FROM consultation_sittings WHERE consultation_id = NEW.id AND state = 'HELD');
END;
";
