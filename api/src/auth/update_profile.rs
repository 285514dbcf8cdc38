use super::model::Account;
use super::store;
use crate::audit;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx};
use async_graphql::{InputObject, MaybeUndefined, SimpleObject};

/// What to change; a field left out stays as it is, null empties it.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// How the person wants to be called, at most 30 characters; seen by the desk that answers them, never by the public.
    pub name: MaybeUndefined<String>,
    /// Where answers may reach them besides the phone, at most 100 characters; seen by the desk that answers them.
    pub contact: MaybeUndefined<String>,
    /// The code of the division they live in.
    pub home_division: MaybeUndefined<String>,
    /// Whether they want short messages about their bookings; on by default. Sign-in codes come either way.
    pub short_messages: Option<bool>,
}

/// The account as it is now.
#[derive(SimpleObject)]
pub struct UpdateProfilePayload {
    /// The account.
    pub account: Account,
}

const NAME: Rule = Rule { field: "name", name: ("姓名", "The name"), most: 30 };
const CONTACT: Rule = Rule { field: "contact", name: ("联系方式", "The contact"), most: 100 };

fn cleaned(rule: &Rule, value: &MaybeUndefined<String>) -> Result<MaybeUndefined<String>, ApiError> {
    Ok(match value {
        MaybeUndefined::Value(text) => {
            if text.trim().is_empty() {
                MaybeUndefined::Null
            } else {
                MaybeUndefined::Value(text::clean_line(rule, text)?)
            }
        }
        other => other.clone(),
    })
}

pub(super) async fn run(cx: &Cx, input: UpdateProfileInput) -> Result<UpdateProfilePayload, ApiError> {
    let account = cx.account()?;
    let name = &cleaned(&NAME, &input.name)?;
    let contact = &cleaned(&CONTACT, &input.contact)?;
    let (home, short) = (&input.home_division, input.short_messages);
    if let MaybeUndefined::Value(code) = home {
        crate::organisation::require_division(cx, "homeDivision", code).await?;
    }
    cx.app()
        .db
        .write_plain(|tx| async move {
            store::update_profile(&tx, cx, account, name, contact, home, short).await?;
            Ok(audit::record(&tx, cx, audit::Entry::new("updateProfile", "RESIDENT", account)).await?)
        })
        .await?;
    Ok(UpdateProfilePayload { account: Account::load(cx, account).await? })
}
