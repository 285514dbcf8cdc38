//! Check-ins: facts that are only added to, what people decided about them, and the visits derived from both.
use crate::ddl;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What changes the fold of one person's day: writers of one person wait for each other.
const OF_ONE_BOOK: [&str; 4] = ["check_in_facts", "check_in_settlements", "check_in_objections", "log_confirmations"];

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
            CREATE TABLE check_in_facts (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                member_id {uuid} NOT NULL REFERENCES members (id),
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                what TEXT NOT NULL CHECK (what IN ('IN', 'OUT', 'UNDO')),
                how TEXT NOT NULL CHECK (how IN ('CODE', 'STAFF', 'LATE_ENTRY')),
                -- When it happened, as the server corrected the phone's time.
                at BIGINT NOT NULL,
                recorded_at BIGINT NOT NULL,
                entered_by {uuid} NOT NULL REFERENCES accounts (id),
                request_id {uuid} NOT NULL,
                -- A late entry makes two facts of one request.
                part BIGINT NOT NULL,
                input_hash {bytes} NOT NULL,
                -- UNDO: the request whose entry is taken back; it may arrive later.
                of_request {uuid},
                offline {bool} NOT NULL,
                -- The phone's clocks could not say when it was: the time is that of the code.
                unsure {bool} NOT NULL,
                -- Whether the phone was inside the studio's fence; where it was is not kept.
                fence TEXT CHECK (fence IN ('INSIDE', 'OUTSIDE', 'UNKNOWN')),
                device {bytes},
                code_step BIGINT,
                -- Address and code in one keyed hash: tells many uses of one code from one address, and nothing else.
                origin {bytes},
                residents BIGINT,
                matters BIGINT,
                log_enc {bytes},
                reason_enc {bytes},
                CONSTRAINT entered_once UNIQUE (entered_by, request_id, part),
                CONSTRAINT needs_another_person CHECK (how = 'CODE' OR entered_by <> account_id),
                CONSTRAINT undo_names_an_entry CHECK ((what = 'UNDO') = (of_request IS NOT NULL)),
                CONSTRAINT counts_are_counts CHECK (residents >= 0 AND matters >= 0)
            ) {strict};
            CREATE INDEX check_in_facts_of_account ON check_in_facts (account_id, at);
            CREATE INDEX check_in_facts_undone ON check_in_facts (account_id, of_request) WHERE of_request IS NOT NULL;
            CREATE INDEX check_in_facts_by_code ON check_in_facts (venue_id, code_step) WHERE code_step IS NOT NULL;

            -- What a convenor or officer decided about a conflict; the conflict's id says what conflicts.
            CREATE TABLE check_in_settlements (
                conflict_id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                day_begins BIGINT NOT NULL,
                decision TEXT NOT NULL CHECK (decision IN ('KEEP', 'VOID')),
                at BIGINT NOT NULL,
                decided_by {uuid} NOT NULL REFERENCES accounts (id),
                CONSTRAINT settled_by_another CHECK (decided_by <> account_id)
            ) {strict};
            CREATE INDEX check_in_settlements_of_day ON check_in_settlements (account_id, day_begins);

            -- A member's word against an entry that staff made.
            CREATE TABLE check_in_objections (
                fact_id {uuid} PRIMARY KEY REFERENCES check_in_facts (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                at BIGINT NOT NULL,
                reason_enc {bytes} NOT NULL
            ) {strict};

            CREATE TABLE log_confirmations (
                fact_id {uuid} PRIMARY KEY REFERENCES check_in_facts (id),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                at BIGINT NOT NULL,
                confirmed_by {uuid} NOT NULL REFERENCES accounts (id),
                CONSTRAINT confirmed_by_another CHECK (confirmed_by <> account_id)
            ) {strict};

            CREATE TABLE late_entries (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                member_id {uuid} NOT NULL REFERENCES members (id),
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                residents BIGINT,
                matters BIGINT,
                log_enc {bytes},
                reason_enc {bytes} NOT NULL,
                asked_at BIGINT NOT NULL,
                decision TEXT CHECK (decision IN ('APPROVED', 'DECLINED')),
                decided_at BIGINT,
                decided_by {uuid} REFERENCES accounts (id),
                CONSTRAINT late_entry_has_length CHECK (from_at < until_at),
                CONSTRAINT decided_whole CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)),
                CONSTRAINT decided_by_another CHECK (decided_by IS NULL OR decided_by <> account_id)
            ) {strict};
            CREATE INDEX late_entries_waiting ON late_entries (venue_id, asked_at) WHERE decision IS NULL;
            CREATE INDEX late_entries_of_account ON late_entries (account_id, asked_at);

            -- Derived from the facts of a person's day, and made anew from them whenever they change.
            CREATE TABLE visits (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                member_id {uuid} NOT NULL REFERENCES members (id),
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                slot_id {uuid} REFERENCES duty_slots (id),
                how TEXT NOT NULL,
                offline {bool} NOT NULL,
                fence TEXT,
                in_at BIGINT NOT NULL,
                out_at BIGINT,
                -- When it ends by itself.
                ends_by BIGINT NOT NULL,
                -- Waits for somebody to settle a conflict; does not count until then.
                waits {bool} NOT NULL,
                residents BIGINT,
                matters BIGINT,
                log_fact_id {uuid},
                confirmed_at BIGINT,
                log_asked {bool} NOT NULL DEFAULT {false},
                CONSTRAINT visit_does_not_end_before CHECK (out_at IS NULL OR in_at <= out_at)
            ) {strict};
            CREATE INDEX visits_of_venue ON visits (venue_id, in_at, id);
            CREATE INDEX visits_of_account ON visits (account_id, in_at, id);
            CREATE INDEX visits_of_slot ON visits (slot_id) WHERE slot_id IS NOT NULL;
            CREATE INDEX visits_to_confirm ON visits (venue_id, in_at, id) WHERE log_fact_id IS NOT NULL AND confirmed_at IS NULL;
            CREATE INDEX visits_to_ask ON visits (ends_by) WHERE out_at IS NULL AND log_fact_id IS NULL AND log_asked = {false};

            CREATE TABLE check_in_conflicts (
                id {uuid} PRIMARY KEY,
                kind TEXT NOT NULL CHECK (kind IN ('TWO_PLACES', 'OUTSIDE_SLOT', 'CLOCK_UNSURE', 'OUT_WITHOUT_IN', 'OBJECTION')),
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                member_id {uuid} NOT NULL REFERENCES members (id),
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                -- The entry in question, and the one it cannot be true together with.
                fact_id {uuid} NOT NULL REFERENCES check_in_facts (id),
                against_id {uuid} REFERENCES check_in_facts (id),
                day_begins BIGINT NOT NULL,
                at BIGINT NOT NULL,
                decision TEXT CHECK (decision IN ('KEEP', 'VOID'))
            ) {strict};
            CREATE INDEX check_in_conflicts_open ON check_in_conflicts (venue_id, at, id) WHERE decision IS NULL;
            CREATE INDEX check_in_conflicts_of_day ON check_in_conflicts (account_id, day_begins);
            ",
        )
        .await?;
        for table in ["check_in_facts", "check_in_settlements", "check_in_objections", "log_confirmations"] {
            ddl::append_only(manager, table).await?;
        }
        // The fold of a day reads all of it and writes what follows: of one person, one at a time. SQLite has one writer.
        ddl::each(
            manager,
            "CREATE FUNCTION one_book_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 PERFORM pg_advisory_xact_lock(hashtextextended(NEW.account_id::text, 4));
                 RETURN NEW;
             END $$;",
            "",
        )
        .await?;
        for table in OF_ONE_BOOK {
            ddl::each(
                manager,
                &format!("CREATE TRIGGER {table}_one_at_a_time BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION one_book_at_a_time();"),
                "",
            )
            .await?;
        }
        Ok(())
    }
}
