//! Walking from a thing to all that hangs together with it.
use super::graph::{Lineage, LineageEdgeKind as Edge, LineageNode, LineageNodeKind as Kind, LineageThing as Thing};
use crate::consultations::Consultation;
use crate::kernel::{ApiError, Gid};
use crate::receptions::ReceptionRecord;
use crate::topics::{Topic, TopicAdoption};
use crate::{campaigns, consultations, handovers, receptions, topics};
use async_graphql::Context;
use sea_orm::ActiveEnum;
use shangyi_entities::topic_adoption::AdoptedAs;
use shangyi_entities::{AgreedItemId, CampaignId, ConsultationId, HandOverId, ReceptionRecordId, TopicAdoptionId, TopicAnswerId, TopicId, TypedId};

/// Where a walk can begin.
pub(super) enum Start {
    Topic(TopicId),
    HandOver(HandOverId),
    Campaign(CampaignId),
    Answer(TopicAnswerId),
    Adoption(TopicAdoptionId),
    Record(ReceptionRecordId),
    Consultation(ConsultationId),
    Item(AgreedItemId),
}

pub(super) fn start(id: &str) -> Option<Start> {
    Gid::<TopicId>::parse(id)
        .map(|id| Start::Topic(id.0))
        .or_else(|| Gid::<HandOverId>::parse(id).map(|id| Start::HandOver(id.0)))
        .or_else(|| Gid::<CampaignId>::parse(id).map(|id| Start::Campaign(id.0)))
        .or_else(|| Gid::<TopicAnswerId>::parse(id).map(|id| Start::Answer(id.0)))
        .or_else(|| Gid::<TopicAdoptionId>::parse(id).map(|id| Start::Adoption(id.0)))
        .or_else(|| Gid::<ReceptionRecordId>::parse(id).map(|id| Start::Record(id.0)))
        .or_else(|| Gid::<ConsultationId>::parse(id).map(|id| Start::Consultation(id.0)))
        .or_else(|| Gid::<AgreedItemId>::parse(id).map(|id| Start::Item(id.0)))
}

pub(super) async fn from(ctx: &Context<'_>, start: Start) -> Result<Option<Lineage>, ApiError> {
    let mut graph = Lineage::default();
    match start {
        Start::Topic(id) => {
            let Some(topic) = topics::load(ctx, id).await? else { return Ok(None) };
            cluster(ctx, &mut graph, topic).await?;
        }
        Start::HandOver(id) => {
            let Some(hand_over) = handovers::load(ctx, id).await? else { return Ok(None) };
            add_hand_over(&mut graph, &hand_over);
            let topic = match hand_over.topic_id() {
                Some(topic) => topics::load(ctx, topic).await?,
                None => None,
            };
            if let Some(topic) = topic {
                cluster(ctx, &mut graph, topic).await?;
            }
            if let Some(item) = hand_over.item_id()
                && let Some(item) = consultations::load_item(ctx, item).await?
            {
                of_consultation(ctx, &mut graph, item.consultation_id()).await?;
            }
            if let Some(record) = hand_over.record_id()
                && let Some(record) = receptions::load_record(ctx, record).await?
            {
                of_record(ctx, &mut graph, record).await?;
            }
        }
        Start::Record(id) => {
            let Some(record) = receptions::load_record(ctx, id).await? else { return Ok(None) };
            of_record(ctx, &mut graph, record).await?;
        }
        Start::Consultation(id) => {
            if !of_consultation(ctx, &mut graph, id).await? {
                return Ok(None);
            }
        }
        Start::Item(id) => {
            let Some(item) = consultations::load_item(ctx, id).await? else { return Ok(None) };
            of_consultation(ctx, &mut graph, item.consultation_id()).await?;
        }
        // Neither can be opened by itself: the graph is that of its topic, if the viewer may know of both.
        Start::Answer(id) => match topics::of_answer(ctx, id).await? {
            Some(topic) => cluster(ctx, &mut graph, topic).await?,
            None => return Ok(None),
        },
        Start::Adoption(id) => match topics::of_adoption(ctx, id).await? {
            Some(topic) => cluster(ctx, &mut graph, topic).await?,
            None => return Ok(None),
        },
        Start::Campaign(id) => {
            let Some(campaign) = campaigns::load(ctx, id).await? else { return Ok(None) };
            add_campaign(&mut graph, campaign);
            // The first page of what it brought; `campaign.topics` has them all.
            let cx = ctx.data_unchecked::<crate::kernel::Cx>();
            let brought = topics::of_campaign(cx, id, Some(50), None).await?;
            graph.cut |= brought.has_next_page;
            for topic in brought.edges.into_iter().map(|edge| edge.node) {
                add_topic(ctx, &mut graph, &topic).await?;
                graph.link(&key_of(&topic), &Gid(id).to_string(), Edge::RaisedIn);
            }
        }
    }
    Ok(Some(graph))
}

/// The topic with its canonical one and all that is merged into that, and what became of each.
async fn cluster(ctx: &Context<'_>, graph: &mut Lineage, topic: Topic) -> Result<(), ApiError> {
    let canonical = match topic.canonical_id() {
        Some(id) => topics::load(ctx, id).await?,
        None => None,
    };
    around(ctx, graph, &topic).await?;
    let head = match canonical {
        Some(canonical) => {
            around(ctx, graph, &canonical).await?;
            canonical
        }
        None => topic.clone(),
    };
    if topic.canonical_id().is_some() {
        graph.link(&key_of(&topic), &key_of(&head), Edge::MergedInto);
    }
    for merged in topics::merged_into(ctx, head.topic_id()).await? {
        around(ctx, graph, &merged).await?;
        graph.link(&key_of(&merged), &key_of(&head), Edge::MergedInto);
    }
    Ok(())
}

/// A topic, where it was raised and what became of it.
async fn around(ctx: &Context<'_>, graph: &mut Lineage, topic: &Topic) -> Result<(), ApiError> {
    let key = key_of(topic);
    if !add_topic(ctx, graph, topic).await? {
        return Ok(());
    }
    if let Some(campaign) = topic.campaign_id() {
        if let Some(campaign) = campaigns::load(ctx, campaign).await? {
            add_campaign(graph, campaign);
        }
        graph.link(&key, &Gid(campaign).to_string(), Edge::RaisedIn);
    }
    if let Some(record) = receptions::record_of_topic(ctx, topic.topic_id()).await? {
        add_record(ctx, graph, &record).await?;
        graph.link(&Gid(record.record_id()).to_string(), &key, Edge::RaisedAs);
    }
    // What became of a merged topic hangs on its canonical one.
    if topic.canonical_id().is_some() {
        return Ok(());
    }
    for hand_over in handovers::of_subject(ctx, topic.topic_id().uuid()).await? {
        add_hand_over(graph, &hand_over);
        graph.link(&key, &Gid(hand_over.hand_over_id()).to_string(), Edge::HandedOver);
    }
    for adoption in topic.adoptions_seen(ctx).await? {
        let to = match adoption.consultation {
            Some(id) => match consultations::load(ctx, id).await? {
                Some(consultation) => add_consultation(ctx, graph, id, consultation).await?,
                None => add_adoption(graph, &adoption),
            },
            None => add_adoption(graph, &adoption),
        };
        graph.link(&key, &to, Edge::AdoptedAs);
    }
    for answer in topic.answers_seen(ctx).await? {
        let to = Gid(answer.id.0).to_string();
        let state = None;
        graph.add(LineageNode { key: to.clone(), kind: Kind::Answer, title: Some(answer.text.clone()), state, at: Some(answer.at), thing: None });
        let from = answer.hand_over.map_or_else(|| key.clone(), |hand_over| Gid(hand_over).to_string());
        graph.link(&from, &to, Edge::AnsweredBy);
    }
    Ok(())
}

/// A consultation with what was agreed on, and the topic it comes of; whether the viewer may know of it.
async fn of_consultation(ctx: &Context<'_>, graph: &mut Lineage, id: ConsultationId) -> Result<bool, ApiError> {
    let Some(consultation) = consultations::load(ctx, id).await? else { return Ok(false) };
    let topic = match consultation.topic_id() {
        Some(topic) => topics::load(ctx, topic).await?,
        None => None,
    };
    add_consultation(ctx, graph, id, consultation).await?;
    if let Some(topic) = topic {
        cluster(ctx, graph, topic).await?;
    }
    Ok(true)
}

/// A record with the topic it became, and what became of that.
async fn of_record(ctx: &Context<'_>, graph: &mut Lineage, record: ReceptionRecord) -> Result<(), ApiError> {
    add_record(ctx, graph, &record).await?;
    if let Some(topic) = receptions::topic_of_record(ctx, record.record_id()).await?
        && let Some(topic) = topics::load(ctx, topic).await?
    {
        cluster(ctx, graph, topic).await?;
    }
    Ok(())
}

/// A record and the units it was handed over to.
async fn add_record(ctx: &Context<'_>, graph: &mut Lineage, record: &ReceptionRecord) -> Result<(), ApiError> {
    let key = Gid(record.record_id()).to_string();
    let node = LineageNode {
        key: key.clone(),
        kind: Kind::ReceptionRecord,
        title: None,
        state: Some(record.stands().to_value()),
        at: Some(record.at()),
        thing: Some(Thing::ReceptionRecord(record.clone())),
    };
    graph.add(node);
    for hand_over in handovers::of_subject(ctx, record.record_id().uuid()).await? {
        add_hand_over(graph, &hand_over);
        graph.link(&key, &Gid(hand_over.hand_over_id()).to_string(), Edge::HandedOver);
    }
    Ok(())
}

fn key_of(topic: &Topic) -> String {
    Gid(topic.topic_id()).to_string()
}

async fn add_topic(ctx: &Context<'_>, graph: &mut Lineage, topic: &Topic) -> Result<bool, ApiError> {
    let (state, at) = topic.stands(ctx).await?;
    let node = LineageNode {
        key: key_of(topic),
        kind: Kind::Topic,
        title: None,
        state: Some(state.to_value()),
        at: Some(at),
        thing: Some(Thing::Topic(topic.clone())),
    };
    Ok(graph.add(node))
}

fn add_campaign(graph: &mut Lineage, campaign: campaigns::Campaign) {
    let node = LineageNode {
        key: Gid(campaign.campaign_id()).to_string(),
        kind: Kind::Campaign,
        title: None,
        state: None,
        at: Some(campaign.began()),
        thing: Some(Thing::Campaign(campaign)),
    };
    graph.add(node);
}

fn add_hand_over(graph: &mut Lineage, hand_over: &handovers::HandOver) {
    let node = LineageNode {
        key: Gid(hand_over.hand_over_id()).to_string(),
        kind: Kind::HandOver,
        title: None,
        state: Some(hand_over.stands().to_value()),
        at: Some(hand_over.began()),
        thing: Some(Thing::HandOver(hand_over.clone())),
    };
    graph.add(node);
}

/// The consultation itself, as the viewer may know of it, with what was agreed on and what became of that.
async fn add_consultation(ctx: &Context<'_>, graph: &mut Lineage, id: ConsultationId, consultation: Consultation) -> Result<String, ApiError> {
    let key = Gid(id).to_string();
    let (state, at) = consultation.stands();
    let (title, state) = (Some(consultation.about().to_owned()), Some(state.to_value()));
    let thing = Some(Thing::Consultation(consultation));
    graph.add(LineageNode { key: key.clone(), kind: Kind::Consultation, title, state, at: Some(at), thing });
    for item in consultations::items_of(ctx, id).await? {
        let of_item = Gid(item.item_id()).to_string();
        let (task, state, at) = item.stands();
        let (title, state, confirmed) = (Some(task.to_owned()), Some(state.to_value()), item.confirmed());
        let uuid = item.item_id().uuid();
        graph.add(LineageNode { key: of_item.clone(), kind: Kind::AgreedItem, title, state, at: Some(at), thing: Some(Thing::AgreedItem(item)) });
        graph.link(&key, &of_item, Edge::AgreedOn);
        for hand_over in handovers::of_subject(ctx, uuid).await? {
            add_hand_over(graph, &hand_over);
            graph.link(&of_item, &Gid(hand_over.hand_over_id()).to_string(), Edge::HandedOver);
        }
        if let Some(at) = confirmed {
            let word = format!("{of_item}_confirmed");
            let title = Some("提出人已确认".to_owned());
            graph.add(LineageNode { key: word.clone(), kind: Kind::Confirmation, title, state: None, at: Some(at), thing: None });
            graph.link(&of_item, &word, Edge::ConfirmedBy);
        }
    }
    Ok(key)
}

/// What is inside has no key of its own on the public side: all of it is one node.
fn add_adoption(graph: &mut Lineage, adoption: &TopicAdoption) -> String {
    let key = adoption.id.map_or_else(|| "internal".to_owned(), |id| id.to_string());
    let kind = match (adoption.r#as, adoption.id) {
        (AdoptedAs::Consultation, _) => Kind::Consultation,
        (AdoptedAs::Inside, Some(_)) => Kind::Inside,
        (AdoptedAs::Inside, None) => Kind::Internal,
    };
    let ended = adoption.id.and_then(|_| adoption.ended_at.map(|_| "ENDED").or(Some("OPEN")));
    let title = if kind == Kind::Internal { Some("转内部办理".to_owned()) } else { adoption.text.clone() };
    graph.add(LineageNode { key: key.clone(), kind, title, state: ended.map(str::to_owned), at: adoption.at, thing: None });
    key
}
