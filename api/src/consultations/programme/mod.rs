//! Programmes (名目): under which name and by which local rules a committee consults. Versioned data: what is changed is a further
//! version, and a consultation keeps the one it began with.

pub mod content;
mod create;
mod model;
mod publish;
mod refusal;
mod seeds;
pub(super) mod store;

pub use content::{ConsensusThreshold, ProgrammeContentInput, ProgrammeQuota};
pub use create::CreateProgrammeInput;
pub(super) use create::run as create;
pub use model::{Programme, ProgrammeSeedOffer, ProgrammeVersion};
pub use publish::PublishProgrammeVersionInput;
pub(super) use publish::run as publish;
pub use refusal::{ProgrammePayload, ProgrammeRefusalReason, ProgrammeRefused, ProgrammeResult};
pub use seeds::ProgrammeSeed;

use crate::kernel::viewer::{Appointment, Viewer};
use crate::kernel::{ApiError, say};
use shangyi_entities::OrganisationId;
use shangyi_entities::appointment::Desk;

/// The seven programmes to begin with.
pub(super) fn offers() -> Vec<ProgrammeSeedOffer> {
    seeds::ALL.map(ProgrammeSeedOffer).into()
}

/// Programmes are kept by the committee's general desk.
fn keeper(viewer: &Viewer, committee: OrganisationId) -> Result<&Appointment, ApiError> {
    viewer.staff(committee, Desk::General).ok_or_else(|| {
        ApiError::forbidden(say(
            "协商名目由本委员会综合部门维护，请联系他们。",
            "Programmes are kept by the committee's general desk; please ask them.",
        ))
    })
}

/// There is none.
fn missing() -> ApiError {
    ApiError::not_found("这个协商名目", "This programme")
}
