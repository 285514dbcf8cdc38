//! Duty rosters: slots, what happened to them, offers to swap, leave.
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
            -- One member's part of a duty occasion. The occasion occupies the studio, the slot its member.
            CREATE TABLE duty_slots (
                id {uuid} PRIMARY KEY,
                occasion_id {uuid} NOT NULL REFERENCES occasions (id),
                venue_id {uuid} NOT NULL REFERENCES venues (id),
                member_id {uuid} REFERENCES members (id),
                account_id {uuid} REFERENCES accounts (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('ASSIGNED', 'VACANT', 'HANDED_BACK')),
                version BIGINT NOT NULL,
                CONSTRAINT slot_has_length CHECK (from_at < until_at),
                CONSTRAINT assigned_to_somebody CHECK ((state = 'ASSIGNED') = (member_id IS NOT NULL)),
                CONSTRAINT member_is_a_person CHECK ((member_id IS NULL) = (account_id IS NULL))
            ) {strict};
            CREATE INDEX duty_slots_of_account ON duty_slots (account_id, from_at);
            CREATE INDEX duty_slots_of_venue ON duty_slots (venue_id, from_at, id);
            CREATE UNIQUE INDEX one_slot_per_member_and_occasion ON duty_slots (occasion_id, member_id) WHERE member_id IS NOT NULL;

            CREATE TABLE duty_slot_events (
                slot_id {uuid} NOT NULL REFERENCES duty_slots (id),
                version BIGINT NOT NULL,
                id {uuid} NOT NULL,
                at BIGINT NOT NULL,
                what TEXT NOT NULL CHECK (what IN ('PUBLISHED', 'DECLINED', 'ASSIGNED', 'SWAPPED', 'HANDED_BACK')),
                by_account {uuid} NOT NULL REFERENCES accounts (id),
                -- Whose slot it was after this.
                member_id {uuid} REFERENCES members (id),
                -- A reason, under the key of whoever gave it.
                note_enc {bytes},
                PRIMARY KEY (slot_id, version)
            ) {strict};

            CREATE INDEX duty_slot_events_of_publication ON duty_slot_events (id) WHERE version = 1;

            CREATE TABLE slot_swaps (
                id {uuid} PRIMARY KEY,
                slot_id {uuid} NOT NULL REFERENCES duty_slots (id),
                slot_version BIGINT NOT NULL,
                offered_by {uuid} NOT NULL REFERENCES accounts (id),
                -- To one member; to every member of the studio where null.
                to_member_id {uuid} REFERENCES members (id),
                in_return_slot_id {uuid} REFERENCES duty_slots (id),
                offered_at BIGINT NOT NULL,
                closed_at BIGINT,
                accepted_by {uuid} REFERENCES accounts (id),
                CONSTRAINT not_with_oneself CHECK (accepted_by IS NULL OR accepted_by <> offered_by),
                CONSTRAINT return_is_asked_of_one CHECK (in_return_slot_id IS NULL OR to_member_id IS NOT NULL)
            ) {strict};
            CREATE UNIQUE INDEX one_open_offer_per_slot ON slot_swaps (slot_id) WHERE closed_at IS NULL;
            CREATE INDEX slot_swaps_in_return ON slot_swaps (in_return_slot_id) WHERE closed_at IS NULL;
            CREATE INDEX slot_swaps_to_member ON slot_swaps (to_member_id) WHERE closed_at IS NULL;

            -- Whole days on which a member takes no duty.
            CREATE TABLE duty_leaves (
                id {uuid} PRIMARY KEY,
                account_id {uuid} NOT NULL REFERENCES accounts (id),
                from_at BIGINT NOT NULL,
                until_at BIGINT NOT NULL,
                declared_at BIGINT NOT NULL,
                cancelled_at BIGINT,
                CONSTRAINT leave_has_length CHECK (from_at < until_at)
            ) {strict};
            CREATE INDEX duty_leaves_of_account ON duty_leaves (account_id, until_at) WHERE cancelled_at IS NULL;
            ",
        )
        .await?;
        // SQLite names no unique rule that is broken: a trigger does.
        ddl::each(
            manager,
            "",
            "CREATE TRIGGER one_open_offer_per_slot_insert BEFORE INSERT ON slot_swaps BEGIN
                 SELECT RAISE(ABORT, 'one_open_offer_per_slot') WHERE EXISTS (
                     SELECT 1 FROM slot_swaps o WHERE o.slot_id = NEW.slot_id AND o.closed_at IS NULL);
             END;",
        )
        .await?;
        ddl::append_only(manager, "duty_slot_events").await
    }
}
