mod cases;
mod codes;
mod entries;
mod ledger;
mod offline;
mod rush;
