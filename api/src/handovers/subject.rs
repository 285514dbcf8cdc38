//! What can be handed over: the one file that knows the rooms whose things they are. A new kind is one more arm in each
//! function.
use super::refusal::{HandOverRefusalReason, Refuse};
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use crate::{consultations, receptions, topics};
use async_graphql::ID;
use shangyi_entities::hand_over::{self, HandOverSubject};
use shangyi_entities::{AccountId, AgreedItemId, OrganisationId, ReceptionRecordId, Timestamp, TopicId, TypedId};
use std::collections::HashSet;
use uuid::Uuid;

/// Working days in which a unit replies about a topic.
const TOPIC_REPLY_WITHIN: i64 = 15;
/// And about what was said on a reception day.
const RECORD_REPLY_WITHIN: i64 = 3;

/// A thing that can be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A topic.
    Topic(TopicId),
    /// What was said on a reception day.
    Record(ReceptionRecordId),
    /// What was agreed on in a consultation.
    Item(AgreedItemId),
}

/// Where a thing lies: whose desk it is.
pub(super) struct Place {
    pub(super) committee: OrganisationId,
    pub(super) division: String,
    /// Until when the unit replies, where that was agreed on.
    pub(super) due: Option<Timestamp>,
}

impl Subject {
    /// Reads `subjectId`; the id of another kind of thing is `BAD_INPUT`.
    pub(super) fn read(id: &ID) -> Result<Self, ApiError> {
        let topic = Gid::<TopicId>::parse(id.as_str()).map(|id| Self::Topic(id.0));
        let record = || Gid::<ReceptionRecordId>::parse(id.as_str()).map(|id| Self::Record(id.0));
        let item = || Gid::<AgreedItemId>::parse(id.as_str()).map(|id| Self::Item(id.0));
        topic.or_else(record).or_else(item).ok_or_else(|| {
            ApiError::bad_input(
                "subjectId",
                say(
                    "可以转办议题、接待记录和议定事项，请给出其编号。",
                    "Topics, reception records and agreed items can be handed over; please give the id of one.",
                ),
            )
        })
    }

    /// What was handed over; nothing where its room does not exist yet.
    pub(super) fn of(row: &hand_over::Model) -> Option<Self> {
        match row.subject_kind {
            HandOverSubject::Topic => Some(Self::Topic(TopicId(row.subject_id))),
            HandOverSubject::ReceptionRecord => Some(Self::Record(ReceptionRecordId(row.subject_id))),
            HandOverSubject::AgreedItem => Some(Self::Item(AgreedItemId(row.subject_id))),
        }
    }

    pub(super) fn kind(self) -> HandOverSubject {
        match self {
            Self::Topic(_) => HandOverSubject::Topic,
            Self::Record(_) => HandOverSubject::ReceptionRecord,
            Self::Item(_) => HandOverSubject::AgreedItem,
        }
    }

    pub(super) fn uuid(self) -> Uuid {
        match self {
            Self::Topic(id) => id.uuid(),
            Self::Record(id) => id.uuid(),
            Self::Item(id) => id.uuid(),
        }
    }

    /// The topic it is; nothing for things of another kind.
    pub(super) fn topic(self) -> Option<TopicId> {
        match self {
            Self::Topic(id) => Some(id),
            Self::Record(_) | Self::Item(_) => None,
        }
    }

    /// The reception record it is; nothing for things of another kind.
    pub(super) fn record(self) -> Option<ReceptionRecordId> {
        match self {
            Self::Record(id) => Some(id),
            Self::Topic(_) | Self::Item(_) => None,
        }
    }

    /// The agreed item it is; nothing for things of another kind.
    pub(super) fn item(self) -> Option<AgreedItemId> {
        match self {
            Self::Item(id) => Some(id),
            Self::Topic(_) | Self::Record(_) => None,
        }
    }

    /// Whether it is one person's own matter: what is said of it is for them alone.
    pub(super) fn is_private(self) -> bool {
        matches!(self, Self::Record(_))
    }

    /// Working days until the reply is due; nothing where a date was agreed on.
    pub(super) fn reply_within(self) -> Option<i64> {
        match self {
            Self::Topic(_) => Some(TOPIC_REPLY_WITHIN),
            Self::Record(_) => Some(RECORD_REPLY_WITHIN),
            Self::Item(_) => None,
        }
    }

    /// Locks it. Always before its hand-over: whoever decides about the thing itself comes that way.
    pub(super) async fn lock(self, tx: &WriteTx) -> Result<(), ApiError> {
        match self {
            Self::Topic(id) => topics::lock(tx, id).await,
            Self::Record(id) => receptions::lock_record(tx, id).await,
            Self::Item(id) => consultations::lock_item(tx, id).await,
        }
    }

    /// The desk hands it over: its own room checks the right and moves it.
    pub(super) async fn hand_over(
        self,
        tx: &WriteTx,
        cx: &Cx,
        viewer: &Viewer,
        expected_version: i64,
        unit: Option<OrganisationId>,
    ) -> Result<Place, Stop<Refuse>> {
        match self {
            Self::Topic(id) => {
                let row = topics::handed_over(tx, cx, viewer, id, expected_version).await.map_err(|stop| match stop {
                    Stop::Refused(refuse) => Stop::Refused(Refuse::Topic(refuse)),
                    Stop::Failed(error) => Stop::Failed(error),
                })?;
                let committee = row.committee_id.ok_or_else(|| ApiError::broken("a topic of no committee was handed over"))?;
                Ok(Place { committee, division: row.division_code, due: None })
            }
            Self::Record(id) => {
                let row = receptions::record_handed_over(tx, cx, viewer, id, expected_version).await?;
                let row = row.ok_or(Stop::Refused(Refuse::Because(HandOverRefusalReason::StateChanged)))?;
                Ok(Place { committee: row.committee_id, division: row.division_code, due: None })
            }
            Self::Item(id) => {
                let row = consultations::item_handed_over(tx, cx, viewer, id, expected_version, unit).await?;
                let row = row.ok_or(Stop::Refused(Refuse::Because(HandOverRefusalReason::StateChanged)))?;
                Ok(Place { committee: row.committee_id, division: row.division_code, due: Some(row.due_at) })
            }
        }
    }

    /// The unit has accepted it.
    pub(super) async fn accepted(self, tx: &WriteTx, cx: &Cx) -> Result<(), ApiError> {
        match self {
            Self::Topic(_) | Self::Record(_) => Ok(()),
            Self::Item(id) => consultations::item_accepted(tx, cx, id).await,
        }
    }

    /// The unit has returned it: the desk decides anew.
    pub(super) async fn returned(self, tx: &WriteTx, cx: &Cx, reason: Option<&str>) -> Result<(), ApiError> {
        match self {
            Self::Topic(id) => topics::unit_returned(tx, cx, id).await,
            Self::Record(id) => receptions::unit_returned(tx, cx, id).await,
            Self::Item(id) => consultations::item_returned(tx, cx, id, reason).await,
        }
    }

    /// The unit has replied; of an agreed item, that it is done, or that it cannot be.
    pub(super) async fn replied(self, tx: &WriteTx, cx: &Cx, (text, cannot): (&str, bool), row: &hand_over::Model) -> Result<(), ApiError> {
        if cannot && self.item().is_none() {
            let text = say(
                "只有议定事项可以答复为无法办理，请退回或如实答复。",
                "Only an agreed item can be said to be impossible; please return this, or reply.",
            );
            return Err(ApiError::bad_input("cannot", text));
        }
        match self {
            Self::Topic(id) => topics::unit_replied(tx, cx, id, text, row.id, row.unit_id).await,
            Self::Record(id) => receptions::unit_replied(tx, cx, id, text).await,
            Self::Item(id) => consultations::item_replied(tx, cx, id, text, cannot).await,
        }
    }

    /// Whether that account is among those who asked.
    pub(super) async fn asked_by(self, tx: &WriteTx, account: AccountId) -> Result<bool, ApiError> {
        match self {
            Self::Topic(id) => topics::raised_in_cluster(&**tx, id, account).await,
            Self::Record(id) => receptions::received_by_record(tx, id, account).await,
            Self::Item(id) => consultations::item_asked_by(tx, id, account).await,
        }
    }
}

/// The subjects of those hand-overs that the viewer may know of: two statements at most a kind.
pub(super) async fn visible_among(cx: &Cx, rows: &[&hand_over::Model]) -> Result<HashSet<Uuid>, ApiError> {
    let ids: Vec<TopicId> = rows.iter().filter_map(|row| Subject::of(row)?.topic()).collect();
    let records: Vec<ReceptionRecordId> = rows.iter().filter_map(|row| Subject::of(row)?.record()).collect();
    // What was agreed on is public.
    let mut seen: HashSet<Uuid> = rows.iter().filter_map(|row| Subject::of(row)?.item()).map(TypedId::uuid).collect();
    if !ids.is_empty() {
        seen.extend(topics::visible_among(cx, &ids).await?.into_iter().map(TypedId::uuid));
    }
    if !records.is_empty() {
        seen.extend(receptions::records_visible_among(cx, &records).await?.into_iter().map(TypedId::uuid));
    }
    Ok(seen)
}
