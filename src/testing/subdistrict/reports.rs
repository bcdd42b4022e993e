//! Reports: what, where and when; and their stories.

use super::{
    Places,
    life::{Actor, Procedure, Start, Step},
    places::namespace,
    settlement::{Home, Yard, phone},
    staff::Roster,
    whereabouts::Pools,
};
use crate::{
    case::{Case, CaseEvent, CaseText, REPORT, State},
    place::Id,
    testing::{
        clock::{Clock, Local, day_of, midnight, to_utc},
        names::PersonNames,
        plane::Xy,
        random::{Dice, Weights, apportion},
        settings::{Category, HotSpot, Reports, Society},
    },
};
use chrono::{Datelike, NaiveDate};

/// Cases, their events in the same order, and what they say.
#[derive(Default)]
pub struct Dossier {
    pub cases: Vec<Case>,
    pub events: Vec<CaseEvent>,
    pub texts: Vec<(Id, CaseText)>,
}

/// A report before it has a number.
#[derive(Clone, Copy)]
struct Draft {
    category: usize,
    at: Local,
    place: Option<Xy>,
    microgrid: Option<usize>,
    duplicate: bool,
}

/// What reports are drawn from.
pub struct Scene<'a> {
    pub places: &'a Places,
    pub homes: &'a [Home],
    pub yards: &'a [Yard],
    pub roster: &'a Roster,
    pub society: &'a Society,
    pub clock: &'a Clock,
    pub stretch: f64,
}

/// `total` reports, in order of time.
#[must_use]
pub fn reports(scene: &Scene, seed: u64, total: usize) -> Dossier {
    let plan = Reports::bundled();
    let mut dice = Dice::new(seed, "reports");
    let mut drafts = drafts(scene, &plan, total, &mut dice);
    drafts.sort_by_key(|draft| draft.at);
    let slowness = (0..scene.places.grids.len())
        .map(|_| if dice.chance(plan.slow_grids) { dice.between(4.0, 9.0) } else { dice.between(0.6, 1.5) })
        .collect();
    let Scene { places, roster, society, clock, .. } = *scene;
    let procedure = Procedure { plan: &plan, society, clock, roster, places, slowness };
    let mut writer = Writer::new(scene, &plan, seed);
    for draft in &drafts {
        let category = &plan.category[draft.category];
        let start = Start { category, submitted: draft.at, microgrid: draft.microgrid, duplicate: draft.duplicate };
        writer.write(draft, category, &procedure.story(start, &mut dice));
    }
    writer.dossier
}

fn drafts(scene: &Scene, plan: &Reports, total: usize, dice: &mut Dice) -> Vec<Draft> {
    let pools = Pools::new(scene.places, scene.homes, scene.yards, dice);
    let mut drafts: Vec<Draft> = Vec::with_capacity(total);
    for spot in &plan.hotspot {
        pile_up(scene, plan, spot, total, &mut drafts, dice);
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
    let duplicates = (total as f64 * plan.duplicates) as usize;
    let usual = total.saturating_sub(drafts.len() + duplicates);
    let shares: Vec<f64> = plan.category.iter().map(|category| category.share).collect();
    for (number, count) in apportion(usual, &shares, 0).into_iter().enumerate() {
        let category = &plan.category[number];
        let calendar = Calendar::new(scene.clock, plan, category);
        for _ in 0..count {
            let at = calendar.draw(dice);
            let place = pools.draw(scene.places, *dice.pick(&category.places), dice);
            let (place, microgrid) = strays(scene.places, &pools, plan, place, dice);
            drafts.push(Draft { category: number, at, place, microgrid, duplicate: false });
        }
    }
    let originals = drafts.len();
    while drafts.len() < total && originals > 0 {
        let first = drafts[dice.below(originals)];
        let at = first.at + dice.whole(600, 3 * 86_400);
        if at < scene.clock.end() {
            let place = first.place.map(|place| place + Xy::new(dice.bell(), dice.bell()) * 16.0);
            drafts.push(Draft { at, place, duplicate: dice.chance(0.85), ..first });
        }
    }
    drafts
}

/// Some reports lie at a border, some outside, some have no coordinates; the rest lie where they were drawn.
fn strays(places: &Places, pools: &Pools, plan: &Reports, at: Xy, dice: &mut Dice) -> (Option<Xy>, Option<usize>) {
    let draw = dice.unit();
    let microgrid = places.microgrid_near(at);
    if draw < plan.no_position {
        (None, microgrid)
    } else if draw < plan.no_position + plan.outside {
        (pools.outside(dice), None)
    } else if draw < plan.no_position + plan.outside + plan.near_border {
        let at = microgrid.map_or(at, |microgrid| at_border(places, microgrid, dice));
        (Some(at), microgrid)
    } else {
        (Some(at), microgrid)
    }
}

fn at_border(places: &Places, microgrid: usize, dice: &mut Dice) -> Xy {
    let ring = &places.microgrids[microgrid].shape.0[0].exterior().0;
    let corner = ring[dice.below(ring.len())];
    let on_ground = crate::geometry::LonLat::from_degrees(corner.x, corner.y).map(|at| places.plane.to_xy(at));
    on_ground.map_or_else(|_| Xy::default(), |at| at * (1.0 / places.scale) + Xy::new(dice.bell(), dice.bell()) * 4.0)
}

/// Reports of a hot spot, as many as its share of `total`.
fn pile_up(scene: &Scene, plan: &Reports, spot: &HotSpot, total: usize, drafts: &mut Vec<Draft>, dice: &mut Dice) {
    let Some(number) = plan.category.iter().position(|category| category.name == spot.category) else { return };
    let (from, to) = (spot.from.max(scene.clock.first), (spot.to + chrono::Days::new(1)).min(scene.clock.end));
    let days = (to - from).num_days();
    if days <= 0 {
        return;
    }
    let hours = Weights::new(plan.hours[&plan.category[number].hours].iter().copied());
    for _ in 0..spot.reports * total / 15_000 {
        let at = midnight(from) + dice.whole(0, days - 1) * 86_400 + second_of_hour(&hours, dice);
        let middle = Xy::new(spot.at[0], spot.at[1]) * scene.stretch;
        // The radius doesn't stretch: an event is as large as it is.
        let place = middle + Xy::new(dice.bell(), dice.bell()) * (spot.radius_m * 0.45);
        if let Some(microgrid) = scene.places.microgrid_near(place) {
            drafts.push(Draft { category: number, at, place: Some(place), microgrid: Some(microgrid), duplicate: false });
        }
    }
}

fn second_of_hour(hours: &Weights, dice: &mut Dice) -> Local {
    i64::try_from(hours.draw(dice)).unwrap_or(12) * 3600 + dice.whole(0, 3599)
}

/// When reports of a category come.
struct Calendar {
    first: NaiveDate,
    by_day: Weights,
    hours: Weights,
}

impl Calendar {
    fn new(clock: &Clock, plan: &Reports, category: &Category) -> Self {
        let all = clock.first.iter_days().take_while(|&day| day < clock.end);
        let days = all.map(|day| {
            let weekday = category.weekdays[day.weekday().num_days_from_monday() as usize];
            let visitors = if clock.is_holiday(day) { category.visitors } else { 1.0 };
            #[expect(clippy::cast_precision_loss, reason = "days")]
            let years = (day - clock.first).num_days() as f64 / 365.0;
            category.months[day.month0() as usize] * weekday * visitors * (1.0 + plan.years_growth * years)
        });
        Self {
            first: clock.first,
            by_day: Weights::new(days),
            hours: Weights::new(plan.hours[&category.hours].iter().copied()),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Local {
        midnight(self.first) + i64::try_from(self.by_day.draw(dice)).unwrap_or(0) * 86_400 + second_of_hour(&self.hours, dice)
    }
}

/// Turns drafts and stories into cases, events and texts.
struct Writer<'a> {
    scene: &'a Scene<'a>,
    plan: &'a Reports,
    channels: Weights,
    space: String,
    names: PersonNames,
    dice: Dice,
    dossier: Dossier,
}

impl<'a> Writer<'a> {
    fn new(scene: &'a Scene<'a>, plan: &'a Reports, seed: u64) -> Self {
        Self {
            scene,
            plan,
            channels: Weights::new(plan.channels.values().copied()),
            space: namespace(seed),
            names: PersonNames::new(seed, "reporters"),
            dice: Dice::new(seed, "report texts"),
            dossier: Dossier::default(),
        }
    }

    fn write(&mut self, draft: &Draft, category: &Category, story: &[Step]) {
        let places = self.scene.places;
        let number = self.dossier.cases.len() + 1;
        let source = format!("R{}{number:06}", day_of(draft.at).year());
        let id = Id::derived(&self.space, &format!("report/{source}"));
        let channel = self.plan.channels.keys().nth(self.channels.draw(&mut self.dice)).cloned();
        let grid = draft.microgrid.map(|microgrid| &places.grids[places.grid_of[microgrid]]);
        let label = grid.and_then(|grid| grid.code.as_ref()).filter(|_| channel.as_deref() == Some("qr"));
        let state = story.last().map_or(State::Submitted, |step| step.state);
        let ending = if state.is_discarded() { state } else { State::Closed };
        let ended = story.iter().rfind(|step| step.state == ending || step.state == State::Reopened);
        let closed = ended.filter(|step| step.state != State::Reopened);
        self.dossier.cases.push(Case {
            id,
            kind: REPORT.to_owned(),
            source,
            category: category.name.clone(),
            channel,
            location: draft.place.map(|at| places.lonlat(at)),
            submitted_at: to_utc(draft.at),
            state,
            stated: None,
            closed_at: closed.map(|step| to_utc(step.at)),
            label: label.map(ToString::to_string),
            placement: None,
            now: None,
        });
        self.dossier.events.extend(story.iter().map(|step| CaseEvent {
            case: id,
            transition: step.state,
            at: to_utc(step.at),
            actor: Some(match step.actor {
                Actor::Reporter => "reporter".to_owned(),
                Actor::Person(person) => self.scene.roster.persons[person].source.clone(),
            }),
            version: None,
        }));
        let near = grid.map_or("街道辖区外", |grid| grid.name.as_str());
        let text = format!("{near}附近:{}", self.dice.pick(&category.texts));
        let named = self.dice.chance(self.plan.named);
        let text = CaseText {
            text: Some(text),
            reporter: named.then(|| self.names.draw()),
            phone: named.then(|| phone(self.dice.below(100_000_000))),
            address: None,
        };
        self.dossier.texts.push((id, text));
    }
}
