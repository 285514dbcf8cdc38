mod limits;
mod moves;
mod races;
mod replay;
mod together;
mod visibility;
