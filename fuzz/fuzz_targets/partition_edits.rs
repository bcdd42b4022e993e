//! Bytes as edits of a subdivision: no invariant may break, and all edits can be taken back.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wangge::partition::fuzz::drive(bytes));
