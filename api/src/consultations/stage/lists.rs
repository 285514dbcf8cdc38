use super::{Consultation, store};
use crate::kernel::pages::Page;
use crate::kernel::{ApiError, Cx, Gid};
use async_graphql::connection::Connection;
use shangyi_entities::ConsultationId;
use shangyi_entities::consultation::ConsultationState;

/// The consultation of that id, if the viewer may know of it.
pub(in crate::consultations) async fn find(cx: &Cx, id: ConsultationId) -> Result<Option<Consultation>, ApiError> {
    Ok(store::visible(cx, &[id]).await?.pop().map(Consultation))
}

/// Consultations in a division, the latest first.
pub(in crate::consultations) async fn all(
    cx: &Cx,
    division: Option<&str>,
    state: Option<ConsultationState>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<Connection<String, Consultation>, ApiError> {
    if let Some(code) = division {
        crate::organisation::require_code("divisionCode", code)?;
    }
    let page = Page::read(format!("consultations {division:?} {state:?}"), cx.app().keys.derived("cursor"), first, after)?;
    let rows = store::page(cx, division, state, &page).await?;
    Ok(page.connect(rows.into_iter().map(|row| (vec![Gid(row.id).to_string()], Consultation(row)))))
}
