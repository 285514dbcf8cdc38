//! What becomes of a topic: adopted as something, answered, confirmed by each author or reopened, looked at a second time.

mod adopt;
mod answer;
mod ask;
mod confirm;
mod export;
mod kept_promises;
mod lapse;
mod loaders;
mod model;
mod mutations;
mod second_look;
mod store;

pub(super) use adopt::conclude;
pub use adopt::{AdoptTopicInput, RecordOutcomeInput};
pub use answer::AnswerTopicInput;
pub(super) use answer::{ask_later, write_answer};
pub use ask::ask_authors;
pub use confirm::ConfirmAnswerInput;
pub(super) use confirm::confirm_if_all_agree;
pub(super) use export::said_by;
pub use kept_promises::{KeptPromises, kept_promises};
pub use lapse::lapse;
pub(super) use loaders::Loaders;
pub(super) use model::seen_adoptions;
pub use model::{SecondLook, TopicAdoption, TopicConfirmation};
pub use mutations::OutcomeMutation;
pub use second_look::{DecideSecondLookInput, RequestSecondLookInput};
pub(super) use store::{end_of_consultation, insert_adoption, topic_of_adoption, topic_of_consultation, topics_of_consultations};
