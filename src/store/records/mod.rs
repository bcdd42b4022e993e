//! How each kind of record is kept.

mod case;
mod people;
mod round;
mod site;

pub(super) use case::{TextRow, read_event};
pub(super) use people::ContactRow;

use crate::place::Placement;

/// The placement that an import leaves: its own if it brings one; else the stored one, unless the record has moved.
fn keep_placement(new: &mut Option<Placement>, stored: Option<&Placement>, moved: bool) {
    if new.is_none() && !moved {
        *new = stored.cloned();
    }
}
