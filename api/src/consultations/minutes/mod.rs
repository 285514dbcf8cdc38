//! Minutes (协商纪要): drafted, signed by who led the sitting, published; later versions the same way.
//!
//! Each draft is a row of its own; the last published one is in force. What a published one agrees on are items (`items`): those of
//! before stay under their id, corrected or superseded, never dropped.

mod draft;
mod model;
mod publish;
mod sign;
pub(super) mod store;

pub use draft::{DraftMinutesInput, MinutesItemInput};
pub(super) use draft::{amend, draft};
pub use model::{Minutes, MinutesItem, MinutesSignature};
pub use publish::PublishMinutesInput;
pub(super) use publish::run as publish;
pub use sign::{ObjectToMinutesInput, SignMinutesInput};
pub(super) use sign::{object, sign};
