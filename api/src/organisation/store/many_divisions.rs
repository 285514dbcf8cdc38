//! The hottest write of an import: hundreds of thousands of divisions, many a statement.
use super::division;
use crate::kernel::{ApiError, OrInternal, WriteTx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};

/// Codes of levels 1 to 4.
pub async fn codes_above_villages(db: &impl ConnectionTrait) -> Result<Vec<String>, ApiError> {
    division::Entity::find()
        .select_only()
        .column(division::Column::Code)
        .filter(division::Column::Level.lt(5))
        .into_tuple()
        .all(db)
        .await
        .internal("reading divisions")
}

/// Adds divisions of one level, or corrects their names; says how many are new or changed. No code may come twice.
pub async fn put_divisions(tx: &WriteTx, level: i64, rows: &[(String, String)]) -> Result<u64, ApiError> {
    let mut changed = 0;
    for some in rows.chunks(500) {
        let mut sql = String::with_capacity(some.len() * 24 + 300);
        sql.push_str("INSERT INTO divisions (code, name, level, parent_code) VALUES ");
        let mut values: Vec<Value> = Vec::with_capacity(some.len() * 4);
        for (n, (code, name)) in some.iter().enumerate() {
            if n > 0 {
                sql.push(',');
            }
            let at = n * 4;
            sql.push_str(&format!("(${},${},${},${})", at + 1, at + 2, at + 3, at + 4));
            let parent = super::above(code).last().map(str::to_owned);
            values.extend([code.clone().into(), name.clone().into(), level.into(), parent.into()]);
        }
        sql.push_str(" ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE divisions.name <> excluded.name");
        let put = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await.internal("adding divisions")?;
        changed += put.rows_affected();
    }
    Ok(changed)
}
