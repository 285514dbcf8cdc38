use super::{Organisation, loaders, store};
use crate::kernel::{ApiError, Cx, Gid, say};
use async_graphql::{Context, ID, Object};
use shangyi_entities::place::PlaceKind;
use shangyi_entities::{PlaceId, division, place};

/// Digits of a code by level.
pub(super) const LENGTHS: [usize; 5] = [2, 4, 6, 9, 12];

/// Whether a text can be an official code.
pub(super) fn is_code(code: &str) -> bool {
    LENGTHS.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The codes above a code, the province first; a division is in the subtree of each of them.
pub(super) fn above(code: &str) -> impl Iterator<Item = &str> {
    LENGTHS.into_iter().filter(move |length| *length < code.len()).filter_map(move |length| code.get(..length))
}

/// Refuses a text that cannot be an official code; `field` is the input's.
pub fn require_code(field: &'static str, code: &str) -> Result<(), ApiError> {
    if is_code(code) {
        return Ok(());
    }
    Err(ApiError::bad_input(field, say("区划代码应为2、4、6、9或12位数字。", "A division's code has 2, 4, 6, 9 or 12 digits.")))
}

pub(super) async fn children(cx: &Cx, parent: Option<&str>) -> Result<Vec<Division>, ApiError> {
    if let Some(parent) = parent {
        require_code("parentCode", parent)?;
    }
    store::children(cx, parent).await
}

/// An official division (行政区划), one of five levels from province to community.
#[derive(Clone)]
pub struct Division(pub(super) division::Model);

/// An official division (行政区划), one of five levels from province to community.
#[Object]
impl Division {
    /// `division_` and the code.
    pub async fn id(&self) -> ID {
        ID(format!("division_{}", self.0.code))
    }

    /// The official code: 2, 4, 6, 9 or 12 digits; a child's begins with its parent's.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The official name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// 1 province, 2 city, 3 county or district, 4 township or street, 5 village or community.
    async fn level(&self) -> i64 {
        self.0.level
    }

    /// The division above; null for a province.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        match &self.0.parent_code {
            Some(code) => loaders::of(ctx).division(code).await,
            None => Ok(None),
        }
    }

    /// The divisions above, the province first.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Division>, ApiError> {
        loaders::of(ctx).ancestors(&self.0.code).await
    }

    /// The divisions directly below, by code.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Division>, ApiError> {
        loaders::of(ctx).children(&self.0.code).await
    }

    /// The places named here, by name.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn places(&self, ctx: &Context<'_>) -> Result<Vec<Place>, ApiError> {
        loaders::of(ctx).places(&self.0.code).await
    }

    /// The smallest committee that covers it; null where there is none.
    async fn committee(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, ApiError> {
        loaders::of(ctx).committee_covering(&self.0.code).await
    }
}

/// A place with a name of its own under a division.
#[derive(Clone)]
pub struct Place(pub(super) place::Model);

/// A place with a name of its own under a division.
#[Object]
impl Place {
    /// Its id.
    pub async fn id(&self) -> Gid<PlaceId> {
        Gid(self.0.id)
    }

    /// What it is.
    async fn kind(&self) -> PlaceKind {
        self.0.kind
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The division it lies in.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        loaders::of(ctx).division(&self.0.division_code).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_its_ancestors() {
        assert_eq!(above("500103001002").collect::<Vec<_>>(), ["50", "5001", "500103", "500103001"]);
        assert_eq!(above("50").count(), 0);
        assert!(is_code("500103") && !is_code("50010") && !is_code("50010x") && !is_code("") && !is_code("１２"));
    }
}
