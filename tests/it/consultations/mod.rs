mod certificate;
mod moves;
mod plans;
mod programmes;
mod sittings;
mod stages;
