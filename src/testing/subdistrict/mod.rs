//! A whole synthetic subdistrict: places, people, rounds and reports over some months.

mod life;
mod places;
mod reports;
mod rounds;
mod settlement;
mod staff;
#[cfg(test)]
mod tests;
mod whereabouts;

pub use places::Places;
pub use rounds::{MONTHLY_VISIT, WEEKLY_PATROL};

use super::{
    clock::{Clock, to_utc},
    settings::{CalendarPlan, Geography, Society},
};
use crate::{
    case::{Case, CaseEvent, CaseText},
    people::{Contact, Person, Post},
    place::{Boundary, Device, Facility, Household, Id, Square},
    round::{Fulfilment, Round},
};
use chrono::{DateTime, NaiveDate, Utc};
use geo::LineString;

/// What to generate. The default is the size of Suoxiyu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub seed: u64,
    pub grids: usize,
    pub households: usize,
    pub reports: usize,
    /// The last ones up to October 2026.
    pub months: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 7, grids: 176, households: 3_570, reports: 15_000, months: 24 }
    }
}

/// A river or road.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: String,
    pub shape: LineString,
}

/// A generated subdistrict. Everything in it is invented, persons above all.
#[derive(Clone, Debug, PartialEq)]
pub struct Subdistrict {
    pub villages: Vec<Boundary>,
    pub grids: Vec<Boundary>,
    pub microgrids: Vec<Boundary>,
    pub squares: Vec<Square>,
    pub facilities: Vec<Facility>,
    /// With name, telephone number and address.
    pub households: Vec<(Household, Contact)>,
    pub devices: Vec<Device>,
    pub persons: Vec<Person>,
    pub posts: Vec<Post>,
    pub rounds: Vec<Round>,
    pub visits: Vec<Fulfilment>,
    pub activities: Vec<Fulfilment>,
    pub patrols: Vec<Fulfilment>,
    /// In order of time.
    pub cases: Vec<Case>,
    /// Case by case in the order of `cases`, each in order of time. The actor is the `source` of a person, or "reporter".
    pub events: Vec<CaseEvent>,
    pub texts: Vec<(Id, CaseText)>,
    pub roads: Vec<Line>,
    pub waters: Vec<Line>,
    /// When the boundaries begin to hold.
    pub valid_from: NaiveDate,
    /// The moment at which the data end.
    pub as_of: DateTime<Utc>,
}

impl Subdistrict {
    /// The same settings give the same subdistrict on every machine.
    ///
    /// # Panics
    /// If `settings` ask for no grid or no month, or for more grids (about 8,000) than codes can number.
    #[must_use]
    pub fn generate(settings: &Settings) -> Self {
        let Settings { seed, grids, .. } = *settings;
        let society = Society::bundled();
        let clock = Clock::new(&CalendarPlan::bundled(), settings.months);
        let places = Places::generate(seed, grids);
        let homes = settlement::homes(&places, seed, settings.households, &society, &clock);
        let yards = settlement::yards(&places, seed, &homes, &clock);
        let facilities = settlement::facilities(&yards, seed, &society);
        let devices = settlement::devices(&places, &yards, &facilities, seed, &clock);
        let roster = staff::Roster::hire(&places, &yards, seed, &society, &clock);
        let visits = rounds::visits(&places, &homes, &roster, seed, &society, &clock);
        let activities = rounds::activities(&yards, &roster, seed, &society, &clock);
        let patrols = rounds::patrols(&places, &roster, seed, &society, &clock);
        let stretch = places::stretch(grids, &Geography::bundled());
        let scene = reports::Scene {
            places: &places,
            homes: &homes,
            yards: &yards,
            roster: &roster,
            society: &society,
            clock: &clock,
            stretch,
        };
        let dossier = reports::reports(&scene, seed, settings.reports);
        let lines = |ways: &[super::terrain::Way]| {
            let line = |way: &super::terrain::Way| Line {
                name: way.name.clone(),
                shape: way.line.iter().map(|&at| places.lonlat(at).to_point().0).collect(),
            };
            ways.iter().map(line).collect()
        };
        Self {
            roads: lines(&places.terrain.roads),
            waters: lines(&places.terrain.waters),
            squares: yards.into_iter().map(|yard| yard.square).collect(),
            facilities,
            households: homes.into_iter().map(|home| (home.household, home.contact)).collect(),
            devices,
            persons: roster.persons,
            posts: roster.posts,
            rounds: rounds::rounds(seed, &society),
            visits,
            activities,
            patrols,
            cases: dossier.cases,
            events: dossier.events,
            texts: dossier.texts,
            valid_from: clock.first,
            as_of: to_utc(clock.end()),
            villages: places.villages,
            grids: places.grids,
            microgrids: places.microgrids,
        }
    }
}
