use super::{AuditRow, Entry};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid, OrInternal, WriteTx, say};
use async_graphql::connection::Connection;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shangyi_entities::appointment::Role;
use shangyi_entities::{AuditId, OrganisationId, audit};

pub(super) async fn insert(tx: &WriteTx, cx: &Cx, entry: &Entry<'_>, before: Option<Vec<u8>>, after: Option<Vec<u8>>) -> Result<(), ApiError> {
    let row = audit::ActiveModel {
        id: Set(cx.new_id()),
        at: Set(cx.now()),
        account_id: Set(cx.account_if_any()),
        role: Set(entry.role.to_owned()),
        operation: Set(entry.operation.to_owned()),
        target: Set(entry.target.clone()),
        committee_id: Set(entry.committee),
        digest_before: Set(before),
        digest_after: Set(after),
        request_id: Set(cx.request_id().to_owned()),
    };
    audit::Entity::insert(row).exec_without_returning(&**tx).await.internal("writing the audit row")?;
    Ok(())
}

async fn audited_by(cx: &Cx) -> Result<Vec<OrganisationId>, ApiError> {
    let viewer = cx.viewer().await?;
    Ok(viewer.appointments.iter().filter(|held| held.role == Role::Auditor).map(|held| held.committee_id).collect())
}

pub(super) async fn find(cx: &Cx, id: AuditId) -> Result<Option<AuditRow>, ApiError> {
    if cx.account_if_any().is_none() {
        return Ok(None);
    }
    let committees = audited_by(cx).await?;
    let row =
        audit::Entity::find_by_id(id).filter(audit::Column::CommitteeId.is_in(committees)).one(cx.read()).await.internal("reading an audit row")?;
    Ok(row.map(AuditRow::from))
}

pub(super) async fn page(cx: &Cx, first: Option<i32>, after: Option<&str>) -> Result<Connection<String, AuditRow>, ApiError> {
    let page = Page::read("auditTrail", cx.app().keys.derived("cursor"), first, after)?;
    let committees = audited_by(cx).await?;
    if committees.is_empty() {
        return Err(ApiError::forbidden(say("审计记录只对审计人员开放。", "The audit trail is open to auditors only.")));
    }
    let mut query = audit::Entity::find().filter(audit::Column::CommitteeId.is_in(committees)).order_by_desc(audit::Column::Id).limit(page.limit());
    if let Some([id]) = page.after::<1>() {
        query = query.filter(audit::Column::Id.lt(Gid::<AuditId>::parse(id).map_or(AuditId(uuid::Uuid::nil()), |id| id.0)));
    }
    let rows = query.all(cx.read()).await.internal("reading the audit trail")?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], AuditRow::from(row)))))
}
