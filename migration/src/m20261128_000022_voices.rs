//! Statements of a consultation and the votes on them.
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
        ddl::run(manager, TABLES).await?;
        for table in ["consultation_statements", "consultation_votes"] {
            ddl::append_only(manager, table).await?;
        }
        ddl::each(manager, RULES_POSTGRES, RULES_SQLITE).await
    }
}

const TABLES: &str = "
-- What people can agree or disagree with; public.
CREATE TABLE consultation_statements (
    id {uuid} PRIMARY KEY,
    consultation_id {uuid} NOT NULL REFERENCES consultations (id),
    number BIGINT NOT NULL CHECK (number BETWEEN 1 AND 200),
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id),
    CONSTRAINT one_statement_per_number UNIQUE (consultation_id, number)
) {strict};
CREATE INDEX consultation_statements_by ON consultation_statements (account_id, id);

-- The last row of a participant and statement counts.
CREATE TABLE consultation_votes (
    id {uuid} PRIMARY KEY,
    statement_id {uuid} NOT NULL REFERENCES consultation_statements (id),
    participant_id {uuid} NOT NULL REFERENCES consultation_participants (id),
    choice TEXT NOT NULL CHECK (choice IN ('AGREE', 'DISAGREE', 'PASS')),
    at BIGINT NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id)
) {strict};
CREATE INDEX consultation_votes_on ON consultation_votes (statement_id, participant_id, id);
CREATE INDEX consultation_votes_of ON consultation_votes (participant_id, id);
";

const RULES_POSTGRES: &str = "
CREATE FUNCTION vote_cast() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultation_statements s JOIN consultations c ON c.id = s.consultation_id
        JOIN consultation_participants p ON p.consultation_id = c.id
        WHERE s.id = NEW.statement_id AND p.id = NEW.participant_id AND c.state IN ('ANNOUNCED', 'IN_SITTING') AND p.party <> 'OBSERVER') THEN
        PERFORM consultation_breaks('votes_are_of_participants');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vote_cast BEFORE INSERT ON consultation_votes FOR EACH ROW EXECUTE FUNCTION vote_cast();
";

const RULES_SQLITE: &str = "
CREATE TRIGGER statement_made BEFORE INSERT ON consultation_statements BEGIN
    SELECT RAISE(ABORT, 'one_statement_per_number') WHERE EXISTS
        (SELECT 1 FROM consultation_statements o WHERE o.consultation_id = NEW.consultation_id AND o.number = NEW.number);
END;
CREATE TRIGGER vote_cast BEFORE INSERT ON consultation_votes BEGIN
    SELECT RAISE(ABORT, 'votes_are_of_participants') WHERE NOT EXISTS (SELECT 1 FROM consultation_statements s
        JOIN consultations c ON c.id = s.consultation_id JOIN consultation_participants p ON p.consultation_id = c.id
        WHERE s.id = NEW.statement_id AND p.id = NEW.participant_id AND c.state IN ('ANNOUNCED', 'IN_SITTING') AND p.party <> 'OBSERVER');
END;
";
