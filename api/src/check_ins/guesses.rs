//! Wrong codes, counted one by one: ten an hour per member, device and studio. A guess is counted while it is judged,
//! under the locks of its three counts, so that a hundred at once are a hundred; a right one leaves no count.
use super::store;
use crate::kernel::{ApiError, Cx, Stop};
use shangyi_entities::{AccountId, Timestamp, VenueId};

/// Wrong codes of one hour.
pub(super) const MOST: i64 = 10;
const HOUR: i64 = 3_600_000_000;

/// Whose guesses these are.
#[derive(Clone, Debug)]
pub(super) struct Guesser(Vec<String>);

impl Guesser {
    pub(super) fn new(account: AccountId, device: &[u8], studio: VenueId) -> Self {
        let device: String = device.iter().map(|byte| format!("{byte:02x}")).collect();
        // In one order, so that two never wait for each other.
        Self(vec![format!("account:{}", account.0.simple()), format!("device:{device}"), format!("studio:{}", studio.0.simple())])
    }

    /// Counts a wrong guess; `false` where one of the three has none left. A right one is judged by the same count, under the
    /// same locks, and leaves nothing behind.
    pub(super) async fn take(&self, cx: &Cx, right: bool) -> Result<bool, ApiError> {
        let taken = cx
            .app()
            .db
            .write(|tx| async move {
                let counted = store::count_guess(&tx, &self.0, cx.now().0.div_euclid(HOUR), MOST).await?;
                // None of the three is counted where one is full.
                let had_one = counted == self.0.len() as u64;
                if had_one && !right { Ok(()) } else { Err(Stop::Refused(had_one)) }
            })
            .await;
        match taken {
            Ok(()) => Ok(true),
            Err(Stop::Refused(had_one)) => Ok(had_one),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// When wrong codes are counted anew.
pub(super) fn resets_at(now: Timestamp) -> Timestamp {
    Timestamp((now.0.div_euclid(HOUR) + 1) * HOUR)
}
