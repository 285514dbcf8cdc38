//! Official divisions by code, and the places named under them.
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
            CREATE TABLE divisions (
                code {code} PRIMARY KEY,
                name TEXT NOT NULL,
                level BIGINT NOT NULL,
                parent_code {code} REFERENCES divisions (code),
                CONSTRAINT code_fits_level CHECK (
                    (level = 1 AND length(code) = 2 AND parent_code IS NULL) OR
                    (level = 2 AND length(code) = 4) OR (level = 3 AND length(code) = 6) OR
                    (level = 4 AND length(code) = 9) OR (level = 5 AND length(code) = 12)),
                CONSTRAINT code_starts_with_parent CHECK (
                    level = 1 OR (parent_code IS NOT NULL AND parent_code =
                        substr(code, 1, CASE level WHEN 2 THEN 2 WHEN 3 THEN 4 WHEN 4 THEN 6 ELSE 9 END)))
            ) {strict};
            CREATE INDEX divisions_by_parent ON divisions (parent_code, code);

            CREATE TABLE places (
                id {uuid} PRIMARY KEY,
                division_code {code} NOT NULL REFERENCES divisions (code),
                kind TEXT NOT NULL CHECK (kind IN ('PARK', 'COMPOUND', 'DISTRICT', 'BUILDING')),
                name TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                CONSTRAINT one_place_per_name UNIQUE (division_code, kind, name)
            ) {strict};
            ",
        )
        .await
    }
}
