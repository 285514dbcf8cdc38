//! What can be handed over: the one file that knows the rooms whose things they are. A new kind is one more arm in each
//! function.
use super::refusal::Refuse;
use crate::kernel::viewer::Viewer;
use crate::kernel::{ApiError, Cx, Gid, Stop, WriteTx, say};
use crate::topics;
use async_graphql::ID;
use shangyi_entities::hand_over::{self, HandOverSubject};
use shangyi_entities::{AccountId, OrganisationId, TopicId, TypedId};
use std::collections::HashSet;
use uuid::Uuid;

/// Working days in which a unit replies about a topic.
const TOPIC_REPLY_WITHIN: i64 = 15;

/// A thing that can be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A topic.
    Topic(TopicId),
}

/// Where a thing lies: whose desk it is.
pub(super) struct Place {
    pub(super) committee: OrganisationId,
    pub(super) division: String,
}

impl Subject {
    /// Reads `subjectId`; the id of another kind of thing is `BAD_INPUT`.
    pub(super) fn read(id: &ID) -> Result<Self, ApiError> {
        Gid::<TopicId>::parse(id.as_str()).map(|id| Self::Topic(id.0)).ok_or_else(|| {
            ApiError::bad_input(
                "subjectId",
                say("目前只能转办议题，请给出议题的编号。", "Only topics can be handed over so far; please give a topic's id."),
            )
        })
    }

    /// What was handed over; nothing where its room does not exist yet.
    pub(super) fn of(row: &hand_over::Model) -> Option<Self> {
        match row.subject_kind {
            HandOverSubject::Topic => Some(Self::Topic(TopicId(row.subject_id))),
            HandOverSubject::ReceptionRecord | HandOverSubject::AgreedItem => None,
        }
    }

    pub(super) fn kind(self) -> HandOverSubject {
        match self {
            Self::Topic(_) => HandOverSubject::Topic,
        }
    }

    pub(super) fn uuid(self) -> Uuid {
        match self {
            Self::Topic(id) => id.uuid(),
        }
    }

    /// The topic it is; nothing for things of another kind.
    pub(super) fn topic(self) -> Option<TopicId> {
        match self {
            Self::Topic(id) => Some(id),
        }
    }

    /// Working days until the reply is due.
    pub(super) fn reply_within(self) -> i64 {
        match self {
            Self::Topic(_) => TOPIC_REPLY_WITHIN,
        }
    }

    /// Locks it. Always before its hand-over: whoever decides about the thing itself comes that way.
    pub(super) async fn lock(self, tx: &WriteTx) -> Result<(), ApiError> {
        match self {
            Self::Topic(id) => topics::lock(tx, id).await,
        }
    }

    /// The desk hands it over: its own room checks the right and moves it.
    pub(super) async fn hand_over(self, tx: &WriteTx, cx: &Cx, viewer: &Viewer, expected_version: i64) -> Result<Place, Stop<Refuse>> {
        match self {
            Self::Topic(id) => {
                let row = topics::handed_over(tx, cx, viewer, id, expected_version).await.map_err(|stop| match stop {
                    Stop::Refused(refuse) => Stop::Refused(Refuse::Topic(refuse)),
                    Stop::Failed(error) => Stop::Failed(error),
                })?;
                let committee = row.committee_id.ok_or_else(|| ApiError::broken("a topic of no committee was handed over"))?;
                Ok(Place { committee, division: row.division_code })
            }
        }
    }

    /// The unit has returned it: the desk decides anew.
    pub(super) async fn returned(self, tx: &WriteTx, cx: &Cx) -> Result<(), ApiError> {
        match self {
            Self::Topic(id) => topics::unit_returned(tx, cx, id).await,
        }
    }

    /// The unit has replied.
    pub(super) async fn replied(self, tx: &WriteTx, cx: &Cx, text: &str, row: &hand_over::Model) -> Result<(), ApiError> {
        match self {
            Self::Topic(id) => topics::unit_replied(tx, cx, id, text, row.id, row.unit_id).await,
        }
    }

    /// Whether that account is among those who asked.
    pub(super) async fn asked_by(self, tx: &WriteTx, account: AccountId) -> Result<bool, ApiError> {
        match self {
            Self::Topic(id) => topics::raised_in_cluster(&**tx, id, account).await,
        }
    }
}

/// The subjects of those hand-overs that the viewer may know of: two statements at most a kind.
pub(super) async fn visible_among(cx: &Cx, rows: &[&hand_over::Model]) -> Result<HashSet<Uuid>, ApiError> {
    let ids: Vec<TopicId> = rows.iter().filter_map(|row| Subject::of(row)?.topic()).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(topics::visible_among(cx, &ids).await?.into_iter().map(TypedId::uuid).collect())
}
