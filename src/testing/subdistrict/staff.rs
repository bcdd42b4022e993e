//! Persons and the posts that they hold.

use super::{
    Places,
    places::namespace,
    settlement::{Yard, phone},
};
use crate::{
    people::{Contact, Person, Post, Role},
    place::Id,
    testing::{clock::Clock, names::PersonNames, random::Dice, random::Weights, settings::Society},
};
use chrono::{Days, NaiveDate};

/// A person on a post, by index.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub person: usize,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl Seat {
    fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// Everybody, and who is where.
pub struct Roster {
    pub persons: Vec<Person>,
    pub posts: Vec<Post>,
    /// Of each micro-grid.
    leaders: Vec<Vec<Seat>>,
    workers: Vec<Vec<Seat>>,
    /// Of each grid.
    heads: Vec<usize>,
    /// Of each square, in order.
    pub keepers: Vec<usize>,
    pub centre: Vec<usize>,
    /// Of each station of the settings.
    pub stations: Vec<Vec<usize>>,
}

impl Roster {
    /// Who answers for a micro-grid on a day: its leader, else the head of the group.
    #[must_use]
    pub fn leader(&self, places: &Places, microgrid: usize, day: NaiveDate) -> usize {
        let seat = self.leaders[microgrid].iter().find(|seat| seat.holds(day));
        seat.map_or(self.heads[places.grid_of[microgrid]], |seat| seat.person)
    }

    /// Who goes from door to door in a micro-grid on a day.
    #[must_use]
    pub fn walker(&self, places: &Places, microgrid: usize, day: NaiveDate, dice: &mut Dice) -> usize {
        let workers: Vec<&Seat> = self.workers[microgrid].iter().filter(|seat| seat.holds(day)).collect();
        if workers.is_empty() || dice.chance(0.4) { self.leader(places, microgrid, day) } else { dice.pick(&workers).person }
    }

    /// Whether a micro-grid has a leader of its own on a day.
    #[must_use]
    pub fn is_led(&self, microgrid: usize, day: NaiveDate) -> bool {
        self.leaders[microgrid].iter().any(|seat| seat.holds(day))
    }

    /// Fills the posts of a subdistrict, leaving some vacant and some held twice.
    #[must_use]
    pub fn hire(places: &Places, yards: &[Yard], seed: u64, society: &Society, clock: &Clock) -> Self {
        let mut office = Office::new(seed, clock);
        let plan = &society.posts;
        let (mut leaders, mut workers): (Vec<Vec<Seat>>, Vec<Vec<Seat>>) = (Vec::new(), Vec::new());
        let how_many_workers = Weights::new(plan.workers.iter().copied());
        for boundary in &places.microgrids {
            let place = Some(boundary.id);
            let mut led = Vec::new();
            let draw = office.dice.unit();
            let last = leaders.last().and_then(|seats| seats.first()).map(|seat: &Seat| seat.person);
            if draw >= plan.vacant {
                match last.filter(|_| draw > 1.0 - plan.shared) {
                    Some(person) => led.push(office.appoint(person, Role::Leader, place)),
                    None => led.extend(office.staff(Role::Leader, place, plan.changed)),
                }
                if draw < plan.vacant + plan.twice {
                    led.extend(office.staff(Role::Leader, place, 0.0));
                }
            }
            leaders.push(led);
            let count = 1 + how_many_workers.draw(&mut office.dice);
            workers.push((0..count).flat_map(|_| office.staff(Role::Worker, place, plan.changed)).collect());
        }
        let heads = places.grids.iter().map(|grid| office.one(Role::GroupHead, Some(grid.id))).collect();
        let keepers = yards.iter().map(|yard| office.one(Role::Keeper, Some(yard.square.id))).collect();
        for yard in yards.iter().step_by(2) {
            office.one(Role::Volunteer, Some(places.grids[yard.grid].id));
        }
        let mut due = 0.0;
        for &village in &places.village_of {
            due += 1.0 / plan.grids_per_mediator;
            if due >= 1.0 {
                due -= 1.0;
                office.one(Role::Mediator, Some(places.villages[village].id));
            }
        }
        let centre = (0..plan.centre).map(|_| office.one(Role::Centre, None)).collect();
        let stations = society
            .station
            .iter()
            .map(|_| (0..plan.station_staff).map(|_| office.one(Role::Station, None)).collect())
            .collect();
        let Office { persons, posts, .. } = office;
        Self { persons, posts, leaders, workers, heads, keepers, centre, stations }
    }
}

/// Where people are taken on.
struct Office {
    persons: Vec<Person>,
    posts: Vec<Post>,
    names: PersonNames,
    dice: Dice,
    space: String,
    first: NaiveDate,
    days: i64,
}

impl Office {
    fn new(seed: u64, clock: &Clock) -> Self {
        Self {
            persons: Vec::new(),
            posts: Vec::new(),
            names: PersonNames::new(seed, "staff names"),
            dice: Dice::new(seed, "staff"),
            space: namespace(seed),
            first: clock.first,
            days: (clock.end - clock.first).num_days(),
        }
    }

    fn person(&mut self) -> usize {
        let number = self.persons.len() + 1;
        let source = format!("P{number:05}");
        // Staff have numbers of the block's other end, so that no household shares them.
        let contact = Contact { name: Some(self.names.draw()), phone: Some(phone(99_999_999 - number)), address: None };
        self.persons.push(Person { id: Id::derived(&self.space, &format!("person/{source}")), source, contact: Some(contact) });
        number - 1
    }

    fn post(&mut self, seat: Seat, role: Role, place: Option<Id>) -> Seat {
        let source = format!("T{:05}", self.posts.len() + 1);
        self.posts.push(Post {
            id: Id::derived(&self.space, &format!("post/{source}")),
            source,
            person: self.persons[seat.person].id,
            role,
            place,
            from: seat.from,
            to: seat.to,
        });
        seat
    }

    /// A day before the first month.
    fn before(&mut self) -> NaiveDate {
        self.first - Days::new(self.dice.whole(15, 900).unsigned_abs())
    }

    /// `person` on one more post.
    fn appoint(&mut self, person: usize, role: Role, place: Option<Id>) -> Seat {
        let from = self.before();
        self.post(Seat { person, from, to: None }, role, place)
    }

    /// A new person for a post.
    fn one(&mut self, role: Role, place: Option<Id>) -> usize {
        let person = self.person();
        self.appoint(person, role, place).person
    }

    /// A new person for a post; with the chance `changed` a second one takes over in the course of the months, mostly at once.
    fn staff(&mut self, role: Role, place: Option<Id>, changed: f64) -> Vec<Seat> {
        let (person, from) = (self.person(), self.before());
        if self.days < 3 || !self.dice.chance(changed) {
            return vec![self.post(Seat { person, from, to: None }, role, place)];
        }
        let to = self.first + Days::new(self.dice.whole(1, self.days - 1).unsigned_abs());
        let first = self.post(Seat { person, from, to: Some(to) }, role, place);
        let gap = if self.dice.chance(0.3) { self.dice.whole(10, 70).unsigned_abs() } else { 0 };
        let successor = self.person();
        vec![first, self.post(Seat { person: successor, from: to + Days::new(gap), to: None }, role, place)]
    }
}
