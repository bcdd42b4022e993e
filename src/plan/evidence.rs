//! What a draft is judged by: who lives where, who is on post, and what happened in the last twelve months.

use crate::{analytics::stats::Observation, geometry::LonLat, people::Role, place::Id};
use geo::LineString;
use std::collections::HashMap;

/// A household that is lived in today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Home {
    pub id: Id,
    pub at: Option<LonLat>,
    pub persons: u32,
    /// Attempts at visits in the window.
    pub visits: u32,
    /// Whether a working square is within a quarter of an hour's walk.
    pub in_reach: bool,
}

/// Work that came up at a place in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening {
    /// A report: how much it weighs, and how long it took until it was closed (or has been open), ms; `None` where that is not
    /// known, or it was discarded.
    Report {
        weight: f64,
        duration: Option<Observation>,
    },
    Patrol,
    /// A square in use; no work.
    Square,
}

/// A person at a place as a leader or worker, within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    pub person: Id,
    pub role: Role,
    /// Days since the window began; `to` is exclusive.
    pub from: u32,
    pub to: u32,
    /// Whether the post is held at the window's end.
    pub today: bool,
}

/// All of it. Everything is judged over the same window, whatever the draft.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub homes: Vec<Home>,
    pub happenings: Vec<(Option<LonLat>, Happening)>,
    /// By place, leaders first: whoever answers for it comes first.
    pub duties: HashMap<Id, Vec<Duty>>,
    /// Length of the window.
    pub days: u32,
    /// What nobody walks across: rivers, cliffs.
    pub barriers: Vec<LineString>,
    /// By household: its place in `homes`, and what files call it.
    pub keys: HashMap<Id, (u32, String)>,
}

impl Evidence {
    /// Length of the window in months of 365.25/12 days.
    #[must_use]
    pub fn months(&self) -> f64 {
        f64::from(self.days) * 12.0 / 365.25
    }

    /// All points, households first.
    pub(super) fn points(&self) -> impl Iterator<Item = Option<LonLat>> {
        self.homes.iter().map(|home| home.at).chain(self.happenings.iter().map(|(at, _)| *at))
    }
}

/// Days on which each of these was on post, a person once a day.
#[must_use]
pub(super) fn worker_days(duties: &mut [Duty]) -> u32 {
    duties.sort_unstable_by_key(|duty| (duty.person, duty.from));
    let mut days = 0;
    let mut reached: Option<(Id, u32)> = None;
    for duty in duties {
        let from = match reached {
            Some((person, to)) if person == duty.person => duty.from.max(to),
            _ => duty.from,
        };
        days += duty.to.saturating_sub(from);
        let before = reached.filter(|(person, _)| *person == duty.person).map_or(0, |(_, to)| to);
        reached = Some((duty.person, before.max(duty.to)));
    }
    days
}
