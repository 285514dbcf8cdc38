//! Counting in how many topics each term is: the worker folds what writes have left.
use super::store;
use crate::app::App;
use crate::kernel::ApiError;
use std::collections::BTreeMap;

/// Changes of one transaction.
const BATCH: u64 = 500;

/// Counts the next batch of changes; whether there may be more.
pub async fn count_terms(app: &App) -> Result<bool, ApiError> {
    app.db
        .write_plain(|tx| async move {
            let changes = store::take_changes(&tx, BATCH).await?;
            let mut steps: BTreeMap<i64, i64> = BTreeMap::new();
            for change in &changes {
                for term in change.terms.as_chunks::<8>().0 {
                    *steps.entry(i64::from_be_bytes(*term)).or_default() += change.step;
                }
            }
            steps.retain(|_, step| *step != 0);
            store::add(&tx, &steps).await?;
            Ok(changes.len() as u64 == BATCH)
        })
        .await
}
