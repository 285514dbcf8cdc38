//! Daily limits of an account: counted by one guarded statement, so two at once cannot both be the last.
use super::clock;
use super::cx::Cx;
use super::db::WriteTx;
use super::errors::{ApiError, OrInternal};
use sea_orm::{ConnectionTrait, Statement};
use shangyi_entities::AccountId;

/// Takes one of `limit` per calendar day (Asia/Shanghai) of `what`; `false` when today's are used up.
pub async fn take(tx: &WriteTx, cx: &Cx, account: AccountId, what: &'static str, limit: i64) -> Result<bool, ApiError> {
    let day = clock::local_day(cx.now()).to_string();
    let counted = tx
        .execute_raw(Statement::from_sql_and_values(
            tx.get_database_backend(),
            "INSERT INTO daily_counts (account_id, what, day, counted) SELECT $1, $2, $3, 1 WHERE $4 > 0
             ON CONFLICT (account_id, what, day) DO UPDATE SET counted = daily_counts.counted + 1 WHERE daily_counts.counted < $4",
            [account.into(), what.into(), day.into(), limit.into()],
        ))
        .await
        .internal("counting towards a daily limit")?;
    Ok(counted.rows_affected() == 1)
}
