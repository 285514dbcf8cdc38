mod attacks;
mod faults;
mod protocol;
