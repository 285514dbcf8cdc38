//! When members who receive are to be reminded.
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
            -- The next reminder of one who has accepted; nothing before, and once the day has begun.
            ALTER TABLE reception_receivers ADD COLUMN remind_at BIGINT;
            CREATE INDEX reception_receivers_to_remind ON reception_receivers (remind_at) WHERE remind_at IS NOT NULL;
            ",
        )
        .await
    }
}
