mod erase;
mod sessions;
mod sign_in;
