use super::{clocks, outcome, store, words};
use crate::kernel::{ApiError, Cx, OrInternal, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use shangyi_entities::topic::{self, Column as C, TopicState};
use shangyi_entities::topic_event::{self, TopicEventKind};
use shangyi_entities::{AccountId, CallerId, TopicId};

/// Takes a person's texts out of their topics. What waited for a first look is withdrawn; what is public keeps state,
/// counts and answers for those who backed it, and its text only where the person wants that.
pub async fn erase(tx: &WriteTx, cx: &Cx, account: AccountId, callers: &[CallerId], keep_public: bool) -> Result<(), ApiError> {
    let theirs = Condition::any().add(C::AuthorId.eq(account)).add(C::CallerId.is_in(callers.iter().copied()));
    let unread = topic::Entity::find()
        .filter(theirs.clone())
        .filter(C::State.is_in([TopicState::Submitted, TopicState::NeedsMore]))
        .all(&**tx)
        .await
        .internal("looking for topics to withdraw")?;
    for row in unread {
        let changes = topic::ActiveModel { state: Set(TopicState::Withdrawn), version: Set(row.version + 1), ..Default::default() };
        if store::update(tx, &row, changes).await? {
            clocks::set(tx, cx, row.id, Some(row.state), TopicState::Withdrawn).await?;
            store::insert_event(tx, withdrawn(cx, &row)).await?;
        }
    }
    let mut gone = Condition::all().add(theirs.clone());
    if keep_public {
        gone = gone.add(C::PublicSince.is_null());
    }
    let gone: Vec<TopicId> =
        topic::Entity::find().select_only().column(C::Id).filter(gone).into_tuple().all(&**tx).await.internal("looking for texts to empty")?;
    words::forget(tx, cx, &gone).await?;
    let mut empty =
        topic::Entity::update_many().col_expr(C::Title, Expr::value(None::<String>)).col_expr(C::Body, Expr::value(None::<String>)).filter(theirs);
    if keep_public {
        empty = empty.filter(C::PublicSince.is_null());
    }
    empty.exec(&**tx).await.internal("emptying topics")?;
    Ok(())
}

/// After a person's key is gone: matters that only they were still waited for are confirmed by those who said yes.
pub async fn erased(tx: &WriteTx, cx: &Cx, account: AccountId, callers: &[CallerId]) -> Result<(), ApiError> {
    for canonical in store::answered_with_others(tx, account, callers).await? {
        outcome::confirm_if_all_agree(tx, cx, canonical).await?;
    }
    Ok(())
}

fn withdrawn(cx: &Cx, row: &topic::Model) -> topic_event::Model {
    topic_event::Model {
        topic_id: row.id,
        version: row.version + 1,
        id: cx.new_id(),
        at: cx.now(),
        what: TopicEventKind::Withdrawn,
        from_state: Some(row.state),
        to_state: TopicState::Withdrawn,
        role: "AUTHOR".to_owned(),
        account_id: row.author_id,
        reason: None,
        note: None,
        note_enc: None,
        note_subject: None,
    }
}
