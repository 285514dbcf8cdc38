//! Telling those a topic concerns: accounts through the outbox's inbox lane, callers by SMS. What happens to a canonical
//! topic is told to everyone of its cluster as it was at that version.
use super::store;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, WriteTx};
use crate::notices::outbox::{self, Audience};
use shangyi_entities::notice::NoticeKind;
use shangyi_entities::{CallerId, TypedId, topic, topic_event};

/// Leaves a notice of `event` for the audience, and for each caller a short message. `row` is the topic before it.
pub(super) async fn about(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    event: &topic_event::Model,
    row: &topic::Model,
    audience: Audience,
    note: Option<&str>,
) -> Result<(), ApiError> {
    // A topic that is merged into another one speaks for itself alone; what is withdrawn or taken down is one topic, not the matter.
    let alone = row.canonical_id.is_some() || matches!(kind, NoticeKind::TopicWithdrawn | NoticeKind::TopicTakenDown);
    let version = (!alone).then_some(event.version);
    outbox::tell_topic(tx, cx, kind, event.id.uuid(), row.id, version, audience).await?;
    if audience == Audience::Backers {
        return Ok(());
    }
    let mut callers: Vec<_> = row.caller_id.map(|caller| (caller, row.title.clone())).into_iter().collect();
    if row.merged_count > 0 && !alone {
        callers.extend(store::callers_merged_into(tx, row.id).await?);
    }
    by_message(tx, cx, kind, callers, note).await
}

/// Leaves a short message for each caller, about the topic of that title.
pub(super) async fn by_message(
    tx: &WriteTx,
    cx: &Cx,
    kind: NoticeKind,
    callers: Vec<(CallerId, Option<String>)>,
    note: Option<&str>,
) -> Result<(), ApiError> {
    if callers.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = callers.iter().map(|(caller, _)| *caller).collect();
    let contacts = crate::auth::callers::of(&**tx, cx, &ids).await?;
    for (caller, title) in callers {
        // A contact that is no phone is the officer's to reach.
        let Some(phone) = contacts.get(&caller).and_then(|(_, contact, _)| Phone::parse(contact)) else { continue };
        let Some(text) = short_message(kind, title.as_deref().unwrap_or_default(), note) else { continue };
        outbox::sms(tx, cx, caller.0, &phone, text).await?;
    }
    Ok(())
}

fn short_message(kind: NoticeKind, title: &str, note: Option<&str>) -> Option<String> {
    let said = note.map(|note| format!("：{}", shortened(note, 120))).unwrap_or_default();
    Some(match kind {
        NoticeKind::TopicAccepted => format!("【商议】您反映的《{title}》已受理，办理进展会继续告诉您。"),
        NoticeKind::TopicNeedsMore => format!("【商议】您反映的《{title}》需要补充{said}。请联系为您登记的工作人员。"),
        NoticeKind::TopicLapsed => format!("【商议】您反映的《{title}》因未补充而暂停，请联系为您登记的工作人员继续办理。"),
        NoticeKind::TopicHandedOver => format!("【商议】您反映的《{title}》已转有关单位办理，结果会告诉您。"),
        NoticeKind::TopicConsultationAnnounced => format!("【商议】由您反映的《{title}》形成的协商已公告{said}。如需参加请联系工作人员。"),
        NoticeKind::TopicConsultationMoved => format!("【商议】由您反映的《{title}》形成的协商有变{said}。"),
        NoticeKind::TopicConsultationMinuted => format!("【商议】由您反映的《{title}》形成的协商已公布纪要，议定事项请咨询为您登记的工作人员。"),
        NoticeKind::TopicConsultationAmended => format!("【商议】由您反映的《{title}》形成的协商修订了议定事项，请咨询为您登记的工作人员。"),
        NoticeKind::TopicItemEnded => format!("【商议】由您反映的《{title}》形成的协商有一项议定事项已有结果{said}。"),
        NoticeKind::TopicConsultationPostponed => format!("【商议】由您反映的《{title}》形成的协商已延期{said}。"),
        NoticeKind::TopicAdopted => format!("【商议】您反映的《{title}》已采用，结果会告诉您。"),
        NoticeKind::TopicMerged => format!("【商议】您反映的《{title}》与相同事项合并办理，结果会告诉您。"),
        NoticeKind::TopicAnswered => format!("【商议】您反映的《{title}》有了答复{said}"),
        NoticeKind::TopicConfirmAsked => format!("【商议】您反映的《{title}》答复满四周了，落实了吗？请告诉为您登记的工作人员。"),
        NoticeKind::TopicReopened => format!("【商议】您反映的《{title}》已重新办理，结果会告诉您。"),
        NoticeKind::TopicRedirected => format!("【商议】您反映的《{title}》已转交{}。", note.unwrap_or("其他部门")),
        NoticeKind::TopicRejected => format!("【商议】您反映的《{title}》未予受理，原因请咨询为您登记的工作人员。"),
        NoticeKind::TopicTakenDown => format!("【商议】您反映的《{title}》已不再对外公开。"),
        _ => return None,
    })
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}
