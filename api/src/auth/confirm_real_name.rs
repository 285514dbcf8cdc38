use super::store;
use crate::audit;
use crate::kernel::phone::Phone;
use crate::kernel::text::{self, Rule};
use crate::kernel::{ApiError, Cx, replay, say};
use crate::notices::outbox;
use async_graphql::{InputObject, SimpleObject};
use shangyi_entities::TypedId;
use shangyi_entities::notice::NoticeKind;
use uuid::Uuid;

/// A person whose name an officer has checked.
#[derive(InputObject)]
pub struct ConfirmRealNameInput {
    /// Made by the client; sent again with the same one, the first answer is given again.
    pub request_id: Uuid,
    /// The phone the person signs in with; they must have signed in before.
    pub phone: String,
    /// The name as on their identity card, at most 30 characters. The card's number is not asked for and not kept.
    pub name: String,
}

/// The name was checked.
#[derive(SimpleObject)]
pub struct ConfirmRealNamePayload {
    /// The phone, masked.
    pub phone: String,
    /// Whether this request had been done before.
    pub replayed: bool,
}

const NAME: Rule = Rule { field: "name", name: ("姓名", "The name"), most: 30 };

pub(super) async fn run(cx: &Cx, input: ConfirmRealNameInput) -> Result<ConfirmRealNamePayload, ApiError> {
    let viewer = cx.viewer().await?;
    if !viewer.has_desk() {
        return Err(ApiError::forbidden(say("实名核验由联络员或综合部门办理。", "Names are checked by liaison officers and the general desk.")));
    }
    let name = &text::clean_line(&NAME, &input.name)?;
    let phone = Phone::parse(&input.phone)
        .ok_or_else(|| ApiError::bad_input("phone", say("请输入11位手机号码。", "Please enter a mobile number of eleven digits.")))?;
    let hash = phone.hash(&cx.app().keys.derived("phone"));
    let account = store::account_of_phone(cx.read(), &hash).await?.ok_or_else(|| {
        ApiError::new(
            crate::kernel::Code::NotFound,
            say("这个手机号还没有登录过，请本人先登录一次。", "Nobody has signed in with this phone yet; please have them sign in once first."),
        )
    })?;
    if account.id == viewer.account {
        return Err(ApiError::forbidden(say("不能为自己核验，请由另一位同事办理。", "Nobody checks their own name; please ask a colleague.")));
    }
    let (input, account) = (&input, account.id);
    let replayed = cx
        .app()
        .db
        .write_plain(|tx| async move {
            if replay::remember(&tx, cx, "confirmRealName", input.request_id, input, None).await?.is_some() {
                return Ok(true);
            }
            store::name_checked(&tx, cx, account, name).await?;
            let event: shangyi_entities::NoticeId = cx.new_id();
            outbox::tell_person(&tx, cx, NoticeKind::RealNameConfirmed, event.uuid(), account.uuid(), account).await?;
            let held = viewer.appointments.iter().find(|held| held.street().is_some() || held.desk.is_some());
            let committee = held.map(|held| held.committee_id);
            let role = held.map_or_else(|| "COMMITTEE_STAFF".to_owned(), |held| sea_orm::ActiveEnum::to_value(&held.role));
            audit::record(&tx, cx, audit::Entry { committee, ..audit::Entry::new("confirmRealName", &role, account) }).await?;
            Ok(false)
        })
        .await?;
    Ok(ConfirmRealNamePayload { phone: phone.masked(), replayed })
}
