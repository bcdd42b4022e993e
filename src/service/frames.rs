//! Records → the rows that the analytics' input frames are made of.

use super::hot::{Hot, Records};
use crate::{
    analytics::{
        Cadence, Entry, Input, Key,
        coverage::walks_between,
        fold,
        frames::{ActivityRow, CaseRow, HouseholdRow, PatrolRow, PlaceRow, Placed, PostRow, RoundRow, SquareRow, VisitRow},
    },
    case::{Clocks, WorkCalendar},
    people::{Post, Role},
    place::{Boundary, Facility, FacilityKind, Id, Level, Placement, Square},
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
    /// What is known then; of later submissions nothing.
    pub as_of: DateTime<Utc>,
}

/// Makes all rows. Heavy: call it where blocking is allowed.
#[must_use]
pub fn input(source: &Source) -> Input {
    let mut rows = Builder { source, input: Input::default(), chain: chain(&source.records.posts) };
    rows.name_places_and_persons();
    rows.add_cases();
    rows.add_households();
    rows.add_squares();
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

    /// A boundary's place columns: its own and those above it.
    fn lineage(&mut self, id: Id) -> Placed {
        let mut at = Placed::default();
        let mut next = Some(id);
        while let Some(boundary) = next.and_then(|id| self.source.hot.boundary(id)) {
            let key = self.key(boundary.id);
            match boundary.level {
                Level::Village => at.village = Some(key),
                Level::Grid => at.grid = Some(key),
                Level::MicroGrid => at.microgrid = Some(key),
            }
            next = boundary.parent;
        }
        at
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
        for case in &records.cases {
            let outline = fold::Outline { submitted_at: case.submitted_at, state: case.state, closed_at: case.closed_at };
            let events: Vec<_> = records.events_of(case.id).iter().map(Into::into).collect();
            let folded = fold::fold_until(&outline, &events, self.source.as_of);
            let actor = folded.first_actor.as_deref().and_then(|actor| actor.parse().ok());
            let day = case.submitted_at.with_timezone(&zone).date_naive();
            let worker = actor.or_else(|| self.answers(case.placement.as_ref(), day));
            let row = CaseRow {
                case: self.key(case.id),
                kind: self.input.names.key(&case.kind),
                category: self.input.names.key(&case.category),
                at: self.placed(case.placement.as_ref()),
                worker: worker.map(|id| self.key(id)),
                due_at: fold::due_at(&case.category, &folded.stages, self.source.clocks, self.source.calendar),
                stages: folded.stages,
            };
            self.input.cases.push(row);
        }
    }

    fn add_households(&mut self) {
        for home in &self.source.records.households {
            let row = HouseholdRow {
                household: self.key(home.id),
                at: self.placed(home.placement.as_ref()),
                lived_in_from: home.lived_in_from,
                lived_in_to: home.lived_in_to,
            };
            self.input.households.push(row);
        }
    }

    fn add_squares(&mut self) {
        let records = self.source.records;
        let now = self.source.hot.as_of.unwrap_or_else(chrono::Utc::now);
        let today = now.with_timezone(&self.source.calendar.zone()).date_naive();
        for square in &records.squares {
            let holds = |it: &&Facility| it.valid_from <= today && it.valid_to.is_none_or(|to| today < to);
            let own: Vec<_> = records.facilities.iter().filter(|it| it.square == square.id).filter(holds).collect();
            let best = |kind: &FacilityKind| own.iter().filter(|it| it.kind == *kind).map(|it| it.status).min();
            let row = SquareRow {
                square: self.key(square.id),
                at: self.placed(square.placement.as_ref()),
                from: square.valid_from,
                to: square.valid_to,
                facilities: FacilityKind::ALL.iter().filter_map(best).collect(),
            };
            self.input.squares.push(row);
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
            let home = records.household(visit.place);
            let row = VisitRow {
                household: self.key(visit.place),
                place: self.placed(home.and_then(|home| home.placement.as_ref())),
                worker: visit.person.map(|id| self.key(id)),
                at: visit.at,
                outcome: visit.outcome,
            };
            self.input.visits.push(row);
        }
        for patrol in &records.patrols {
            let row =
                PatrolRow { place: self.lineage(patrol.place), worker: patrol.person.map(|id| self.key(id)), at: patrol.at };
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

    fn add_posts(&mut self) {
        for post in &self.source.records.posts {
            let row = PostRow {
                worker: self.key(post.person),
                role: post.role,
                at: post.place.map(|place| self.lineage(place)).unwrap_or_default(),
                from: post.from,
                to: post.to,
            };
            self.input.posts.push(row);
        }
    }

    fn add_places(&mut self) {
        let hot = self.source.hot;
        let grids: Vec<&Boundary> = hot.division(Level::Grid).boundaries.iter().collect();
        for level in Level::ALL {
            for boundary in &hot.division(*level).boundaries {
                let in_one_grid_m2 = (*level == Level::Village).then(|| super::defects::in_exactly_one(boundary, &grids));
                let row = PlaceRow { level: *level, at: self.lineage(boundary.id), area_m2: boundary.area_m2, in_one_grid_m2 };
                self.input.places.push(row);
            }
        }
    }
}
