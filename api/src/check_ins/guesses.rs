//! Wrong codes, counted one by one: ten an hour per member, device and studio. A guess is taken before it is judged, so
//! that a hundred at once are a hundred; a right one is given back.
use super::store;
use crate::kernel::{ApiError, Cx, Stop, WriteTx};
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

    /// Takes one guess; `false` where one of the three has none left.
    pub(super) async fn take(&self, cx: &Cx) -> Result<bool, ApiError> {
        let taken = cx
            .app()
            .db
            .write(|tx| async move {
                let counted = store::count_guess(&tx, &self.0, cx.now().0.div_euclid(HOUR), MOST).await?;
                // None of the three is counted where one is full.
                if counted == self.0.len() as u64 { Ok(()) } else { Err(Stop::Refused(())) }
            })
            .await;
        match taken {
            Ok(()) => Ok(true),
            Err(Stop::Refused(())) => Ok(false),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Gives a guess back that was right.
    pub(super) async fn give_back(&self, tx: &WriteTx, cx: &Cx) -> Result<(), ApiError> {
        store::give_guess_back(tx, &self.0, cx.now().0.div_euclid(HOUR)).await
    }
}

/// When wrong codes are counted anew.
pub(super) fn resets_at(now: Timestamp) -> Timestamp {
    Timestamp((now.0.div_euclid(HOUR) + 1) * HOUR)
}
