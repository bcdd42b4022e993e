//! Records → the rows that the analytics' input frames are made of.

use super::{
    eras::Era,
    hot::{Hot, Records},
    placing::centre,
};
use crate::{
    analytics::{
        Cadence, Entry, Input, Key,
        coverage::walks_between,
        fold,
        frames::{
            ActivityRow, CaseRow, FacilityRow, HouseholdRow, PatrolRow, PlaceRow, Placed, PostRow, RoundRow, SquareRow,
            VisitRow,
        },
    },
    case::{Clocks, WorkCalendar},
    geometry::LonLat,
    people::{Post, Role},
    place::{Boundary, Id, Level, Placement, Square},
    round::{Outcome, RoundKind},
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;

/// What the rows are made from.
pub struct Source<'a> {
    pub hot: &'a Hot,
    pub records: &'a Records,
    pub calendar: &'a WorkCalendar,
    pub clocks: &'a Clocks,
    /// Under which boundaries things were, in order.
    pub eras: &'a [Era],
    /// Where each report counts, where it is not where it was assigned: of a draft, in the order of the records.
    pub replayed: Option<&'a [Placement]>,
    /// What is known then; of later submissions nothing.
    pub as_of: DateTime<Utc>,
}

/// Makes all rows. Heavy: call it where blocking is allowed.
#[must_use]
pub fn input(source: &Source) -> Input {
    let mut rows = Builder { source, input: Input::default(), chain: chain(&source.records.posts), homes: HashMap::new() };
    rows.name_places_and_persons();
    rows.add_cases();
    rows.add_households();
    rows.add_squares();
    rows.add_facilities();
    rows.add_walks();
    rows.add_rounds();
    rows.add_posts();
    rows.add_places();
    rows.input
}

struct Builder<'a> {
    source: &'a Source<'a>,
    input: Input,
    chain: HashMap<Id, Vec<&'a Post>>,
    /// Where each household lies in each era.
    homes: HashMap<Id, Vec<Placed>>,
}

/// Leaders and workers by place, leaders first: whoever is on post there answers for work that nobody is named for.
fn chain(posts: &[Post]) -> HashMap<Id, Vec<&Post>> {
    let mut chain: HashMap<Id, Vec<&Post>> = HashMap::new();
    for post in posts.iter().filter(|post| matches!(post.role, Role::Leader | Role::Worker)) {
        if let Some(place) = post.place {
            chain.entry(place).or_default().push(post);
        }
    }
    for posts in chain.values_mut() {
        posts.sort_by_key(|post| (post.role, post.from, post.id));
    }
    chain
}

impl Builder<'_> {
    fn key(&mut self, id: Id) -> Key {
        self.input.names.key(&id.to_string())
    }

    fn name_places_and_persons(&mut self) {
        for level in Level::ALL {
            for boundary in &self.source.hot.division(*level).boundaries {
                let id = boundary.id.to_string();
                let code = boundary.code.as_ref().map_or_else(|| id.clone(), ToString::to_string);
                self.input.names.insert(Entry { id, code, name: boundary.name.clone() });
            }
        }
        // A draft may have places that are not in force, and call others differently.
        let drawn = self.source.eras.last().filter(|_| self.source.replayed.is_some());
        for boundary in drawn.iter().flat_map(|era| &era.levels).flat_map(|division| &division.boundaries) {
            let id = boundary.id.to_string();
            let code = boundary.code.as_ref().map_or_else(|| id.clone(), ToString::to_string);
            self.input.names.insert(Entry { id, code, name: boundary.name.clone() });
        }
        for place in &self.source.hot.retired {
            let id = place.id.to_string();
            let code = place.code.clone().unwrap_or_else(|| id.clone());
            self.input.names.insert(Entry { id, code, name: place.name.clone() });
        }
        for person in &self.source.records.persons {
            // Names label the rows by worker, which only those who may identify persons get.
            let name = person.contact.as_ref().and_then(|contact| contact.name.clone());
            let name = name.unwrap_or_else(|| person.source.clone());
            self.input.names.insert(Entry { id: person.id.to_string(), code: person.source.clone(), name });
        }
    }

    fn placed(&mut self, placement: Option<&Placement>) -> Placed {
        let Some(placement) = placement else { return Placed::default() };
        Placed {
            village: placement.village.map(|id| self.key(id)),
            grid: placement.grid.map(|id| self.key(id)),
            microgrid: placement.microgrid.map(|id| self.key(id)),
        }
    }

    /// Who answers for what happened at a placement on a day: the micro-grid's leader or worker, else the grid's.
    fn answers(&self, placement: Option<&Placement>, day: NaiveDate) -> Option<Id> {
        let placement = placement?;
        let on_post = |place: Id| self.chain.get(&place)?.iter().find(|post| post.is_held(day)).map(|post| post.person);
        placement.microgrid.and_then(on_post).or_else(|| placement.grid.and_then(on_post))
    }

    fn add_cases(&mut self) {
        let records = self.source.records;
        let zone = self.source.calendar.zone();
        for (i, case) in records.cases.iter().enumerate() {
            let placement = match self.source.replayed {
                Some(replayed) => replayed.get(i),
                None => case.placement.as_ref(),
            };
            let outline = fold::Outline { submitted_at: case.submitted_at, state: case.state, closed_at: case.closed_at };
            let events: Vec<_> = records.events_of(case.id).iter().map(Into::into).collect();
            let folded = fold::fold_until(&outline, &events, self.source.as_of);
            let actor = folded.first_actor.as_deref().and_then(|actor| actor.parse().ok());
            let day = case.submitted_at.with_timezone(&zone).date_naive();
            let worker = actor.or_else(|| self.answers(placement, day));
            let row = CaseRow {
                case: self.key(case.id),
                kind: self.input.names.key(&case.kind),
                category: self.input.names.key(&case.category),
                at: self.placed(placement),
                worker: worker.map(|id| self.key(id)),
                due_at: fold::due_at(&case.category, &folded.stages, self.source.clocks, self.source.calendar),
                stages: folded.stages,
            };
            self.input.cases.push(row);
        }
    }

    /// A household was part of the places of its era: a row an era, as far as they differ.
    fn add_households(&mut self) {
        let homes = &self.source.records.households;
        let by_era = self.placed_by_era(&homes.iter().map(|home| home.location).collect::<Vec<_>>());
        for (i, home) in homes.iter().enumerate() {
            let household = self.key(home.id);
            for (from, to, at) in self.stretches(home.lived_in_from, home.lived_in_to, |era| by_era[era][i]) {
                self.input.households.push(HouseholdRow { household, at, lived_in_from: from, lived_in_to: to });
            }
        }
        self.homes = homes.iter().enumerate().map(|(i, home)| (home.id, by_era.iter().map(|era| era[i]).collect())).collect();
    }

    /// N points → their places in each era.
    fn placed_by_era(&mut self, points: &[Option<LonLat>]) -> Vec<Vec<Placed>> {
        let eras = self.source.eras;
        let placed = eras.iter().map(|era| era.place(points));
        placed.collect::<Vec<_>>().iter().map(|era| era.iter().map(|it| self.placed(Some(it))).collect()).collect()
    }

    /// The days from `from` to `to` (exclusive), cut where the places that `at` gives for the eras change. Where nothing is
    /// published, all of them without a place.
    fn stretches(
        &self,
        from: NaiveDate,
        to: Option<NaiveDate>,
        at: impl Fn(usize) -> Placed,
    ) -> Vec<(NaiveDate, Option<NaiveDate>, Placed)> {
        if self.source.eras.is_empty() {
            return vec![(from, to, Placed::default())];
        }
        let mut stretches: Vec<(NaiveDate, Option<NaiveDate>, Placed)> = Vec::new();
        for (i, era) in self.source.eras.iter().enumerate() {
            let start = from.max(era.stretch.from);
            let end = [to, era.stretch.to].into_iter().flatten().min();
            if end.is_some_and(|end| end <= start) {
                continue;
            }
            match stretches.last_mut() {
                Some(last) if last.2 == at(i) => last.1 = end,
                _ => stretches.push((start, end, at(i))),
            }
        }
        stretches
    }

    /// Where a place belonged in an era; nowhere before it was there and after it was retired.
    fn lineage_in(&mut self, era: usize, id: Id) -> Placed {
        let source = self.source;
        let mut at = Placed::default();
        let mut next = source.eras.get(era).and_then(|era| era.boundary(id));
        while let Some(boundary) = next {
            let key = self.key(boundary.id);
            match boundary.level {
                Level::Village => at.village = Some(key),
                Level::Grid => at.grid = Some(key),
                Level::MicroGrid => at.microgrid = Some(key),
            }
            next = source.eras.get(era).and_then(|era| era.parent(boundary));
        }
        at
    }

    /// The era of an instant's local day.
    fn era_at(&self, at: DateTime<Utc>) -> usize {
        let day = at.with_timezone(&self.source.calendar.zone()).date_naive();
        self.source.eras.iter().rposition(|era| era.stretch.from <= day).unwrap_or(0)
    }

    fn add_squares(&mut self) {
        let records = self.source.records;
        let centres: Vec<_> = records.squares.iter().map(|square| centre(&square.shape)).collect();
        let by_era = self.placed_by_era(&centres);
        for (i, square) in records.squares.iter().enumerate() {
            let key = self.key(square.id);
            for (from, to, at) in self.stretches(square.valid_from, square.valid_to, |era| by_era[era][i]) {
                self.input.squares.push(SquareRow { square: key, at, from, to });
            }
        }
    }

    fn add_facilities(&mut self) {
        for facility in &self.source.records.facilities {
            let row = FacilityRow {
                square: self.key(facility.square),
                kind: facility.kind,
                status: facility.status,
                from: facility.valid_from,
                to: facility.valid_to,
            };
            self.input.facilities.push(row);
        }
    }

    fn add_walks(&mut self) {
        let records = self.source.records;
        let homes: Vec<_> = records
            .households
            .iter()
            .filter_map(|home| Some((home.id, home.location?)))
            .map(|(id, at)| (self.key(id), at))
            .collect();
        let squares: Vec<_> = records.squares.iter().map(|square: &Square| (self.key(square.id), &square.shape)).collect();
        self.input.walks = walks_between(&homes, &squares);
    }

    fn add_rounds(&mut self) {
        let records = self.source.records;
        for visit in &records.visits {
            let era = self.era_at(visit.at);
            let row = VisitRow {
                household: self.key(visit.place),
                place: self.homes.get(&visit.place).and_then(|eras| eras.get(era)).copied().unwrap_or_default(),
                worker: visit.person.map(|id| self.key(id)),
                at: visit.at,
                outcome: visit.outcome,
            };
            self.input.visits.push(row);
        }
        for patrol in &records.patrols {
            let era = self.era_at(patrol.at);
            let mut place = self.lineage_in(era, patrol.place);
            if self.source.replayed.is_some() && place == Placed::default() {
                // The draft has no such place any more: whoever has the ground has the patrol.
                let here = self.source.eras.get(era).map(|era| era.place(&[patrol.location]));
                place = self.placed(here.as_ref().and_then(|placed| placed.first()));
            }
            let row = PatrolRow { place, worker: patrol.person.map(|id| self.key(id)), at: patrol.at };
            self.input.patrols.push(row);
        }
        for activity in records.activities.iter().filter(|activity| activity.outcome == Outcome::Held) {
            let row = ActivityRow {
                square: self.key(activity.place),
                programme: self.input.names.key(&activity.programme),
                at: activity.at,
            };
            self.input.activities.push(row);
        }
        for round in records.rounds.iter().filter(|round| round.kind == RoundKind::Activity) {
            let Ok(cadence) = Cadence::of_rule(&round.recurrence) else {
                tracing::warn!(
                    programme = round.programme,
                    rule = round.recurrence,
                    "the rhythm of a programme is not understood"
                );
                continue;
            };
            let row = RoundRow {
                programme: self.input.names.key(&round.programme),
                square: round.place.map(|id| self.key(id)),
                cadence,
            };
            self.input.rounds.push(row);
        }
    }

    /// A post belongs to the places of its era: a row an era, as far as they differ.
    fn add_posts(&mut self) {
        for post in &self.source.records.posts {
            let by_era: Vec<Placed> = (0..self.source.eras.len())
                .map(|era| post.place.map(|place| self.lineage_in(era, place)).unwrap_or_default())
                .collect();
            let worker = self.key(post.person);
            for (from, to, at) in self.stretches(post.from, post.to, |era| by_era[era]) {
                self.input.posts.push(PostRow { worker, role: post.role, at, from, to });
            }
        }
    }

    /// Each boundary, a row an era as far as it differs; how villages are covered is known of today's.
    fn add_places(&mut self) {
        let source = self.source;
        let grids: Vec<&Boundary> = source.hot.division(Level::Grid).boundaries.iter().collect();
        let mut last: HashMap<Id, usize> = HashMap::new();
        for (i, era) in source.eras.iter().enumerate() {
            for level in Level::ALL {
                for boundary in &era.division(*level).boundaries {
                    let at = self.lineage_in(i, boundary.id);
                    let today = era.stretch.to.is_none() && *level == Level::Village;
                    let in_one_grid_m2 = today.then(|| super::defects::in_exactly_one(boundary, &grids));
                    let row = PlaceRow {
                        level: *level,
                        at,
                        area_m2: boundary.area_m2,
                        in_one_grid_m2,
                        from: era.stretch.from,
                        to: era.stretch.to,
                    };
                    let before = last.get(&boundary.id).and_then(|row| self.input.places.get_mut(*row));
                    match before {
                        Some(before) if before.to == Some(era.stretch.from) && before.at == at && !today => {
                            before.to = era.stretch.to;
                        }
                        _ => {
                            last.insert(boundary.id, self.input.places.len());
                            self.input.places.push(row);
                        }
                    }
                }
            }
        }
    }
}
