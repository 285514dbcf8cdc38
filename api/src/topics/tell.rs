//! Telling those a topic concerns: accounts through the outbox's inbox lane, callers by SMS.
use super::store;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox::{self, Audience};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::topic;
use uuid::Uuid;

/// Leaves a notice of `event` for the audience, and for a caller a short message.
pub(super) async fn about(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    event: Uuid,
    row: &topic::Model,
    audience: Audience,
    note: Option<&str>,
) -> Result<(), ApiError> {
    outbox::tell_topic(tx, cx, kind, event, row.id, audience).await?;
    if audience == Audience::Backers {
        return Ok(());
    }
    let Some(caller) = row.caller_id else { return Ok(()) };
    let Some(contact) = store::contact_of_caller(tx, cx, caller).await? else { return Ok(()) };
    // A contact that is no phone is the officer's to reach.
    let Some(phone) = Phone::parse(&contact) else { return Ok(()) };
    let title = row.title.as_deref().unwrap_or_default();
    let said = note.map(|note| format!("：{}", shortened(note, 120))).unwrap_or_default();
    let text = match kind {
        NoticeKind::TopicAccepted => format!("【商议】您反映的《{title}》已受理，办理进展会继续告诉您。"),
        NoticeKind::TopicNeedsMore => format!("【商议】您反映的《{title}》需要补充{said}。请联系为您登记的工作人员。"),
        NoticeKind::TopicAnswered => format!("【商议】您反映的《{title}》有了答复{said}"),
        NoticeKind::TopicRedirected => format!("【商议】您反映的《{title}》已转交{}。", note.unwrap_or("其他部门")),
        NoticeKind::TopicRejected => format!("【商议】您反映的《{title}》未予受理，原因请咨询为您登记的工作人员。"),
        NoticeKind::TopicTakenDown => format!("【商议】您反映的《{title}》已不再对外公开。"),
        _ => return Ok(()),
    };
    outbox::sms(tx, cx, caller.0, &phone, text).await
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}
