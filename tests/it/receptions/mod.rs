mod booking;
mod cases;
mod days;
mod moves;
mod rush;
mod waiting;
