//! One text of SQL for both databases: `{uuid}`, `{bytes}`, `{bool}`, `{false}`, `{code}`, `{strict}` and `{strict_without_rowid}` are the
//! words that differ.
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs `sql` after putting in this database's own words.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let words: [(&str, &str); 7] = if is_sqlite(manager) {
        [
            ("{uuid}", "BLOB"),
            ("{bytes}", "BLOB"),
            ("{bool}", "INTEGER"),
            ("{false}", "0"),
            ("{code}", "TEXT"),
            ("{strict}", "STRICT"),
            ("{strict_without_rowid}", "STRICT, WITHOUT ROWID"),
        ]
    } else {
        // Codes compare by byte, so that a subtree is a range.
        [
            ("{uuid}", "UUID"),
            ("{bytes}", "BYTEA"),
            ("{bool}", "BOOLEAN"),
            ("{false}", "FALSE"),
            ("{code}", "TEXT COLLATE \"C\""),
            ("{strict}", ""),
            ("{strict_without_rowid}", ""),
        ]
    };
    let mut text = sql.to_owned();
    for (word, meaning) in words {
        text = text.replace(word, meaning);
    }
    // SQLite's integers are 64 bits wide under either name; its STRICT tables know only INTEGER.
    if is_sqlite(manager) {
        text = text.replace(" BIGINT", " INTEGER").replace(" DOUBLE PRECISION", " REAL");
    }
    manager.get_connection().execute_unprepared(&text).await.map(|_| ())
}

/// Runs the text of the database at hand: triggers have no common language.
pub(crate) async fn each(manager: &SchemaManager<'_>, postgres: &str, sqlite: &str) -> Result<(), DbErr> {
    let text = if is_sqlite(manager) { sqlite } else { postgres };
    manager.get_connection().execute_unprepared(text).await.map(|_| ())
}

/// Forbids UPDATE, DELETE and TRUNCATE on `table` (rule `append_only`).
pub(crate) async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    each(
        manager,
        &format!(
            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');"
        ),
        &format!(
            "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append_only'); END;
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append_only'); END;"
        ),
    )
    .await
}

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}
