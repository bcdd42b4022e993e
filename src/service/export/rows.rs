//! Records → features, page by page.

use crate::{
    case::{Case, CaseEvent},
    disclosure::Viewer,
    export::{Feature, Value},
    geometry::{BBox, LonLat},
    layer::Layer,
    place::{Boundary, Facility, FacilityStatus, GridKind, Household, Id, Level, Period, Placement, Square},
    round::Fulfilment,
    service::hot::{Division, Hot, Records},
};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// `values![a, b]`: a list of [`Value`]s.
macro_rules! values {
    ($($value:expr),+ $(,)?) => { vec![$(Value::from($value)),+] };
}

/// Everything that the rows of one export are made from.
pub struct Rows {
    pub hot: Arc<Hot>,
    pub records: Arc<Records>,
    /// The boundaries, where not the latest version is asked for.
    pub other: Option<Division>,
    /// The number of the version whose boundaries are written.
    pub version: Option<i64>,
    pub layer: Layer,
    pub viewer: Viewer,
    pub period: Period,
    pub kind: Option<String>,
    pub bbox: Option<BBox>,
}

impl Rows {
    /// Up to `size` features from the `start`-th record on, and where the next page starts, `None` at the end.
    pub fn page(&self, start: usize, size: usize) -> (Vec<Feature>, Option<usize>) {
        let records = &self.records;
        match self.layer {
            Layer::Villages => self.boundaries(Level::Village, start, size),
            Layer::Grids => self.boundaries(Level::Grid, start, size),
            Layer::MicroGrids => self.boundaries(Level::MicroGrid, start, size),
            Layer::Squares => self.take(&records.squares, start, size, |square| Some(self.square(square))),
            Layer::Facilities => self.take(&records.facilities, start, size, |facility| Some(self.facility(facility))),
            Layer::Households => self.take(&records.households, start, size, |household| Some(self.household(household))),
            Layer::Devices => self.take(&records.devices, start, size, |device| {
                let mut values = values![device.id, device.source.as_str(), device.kind.as_str(), device.status.word()];
                values.extend(values![device.last_seen, device.valid_from, device.valid_to]);
                values.extend(self.grid_columns(device.placement.as_ref()));
                Some(feature(device.id, self.point(device.location), values))
            }),
            Layer::Persons => self.take(&records.persons, start, size, |person| {
                Some(feature(person.id, None, values![person.id, person.source.as_str()]))
            }),
            Layer::Posts => self.take(&records.posts, start, size, |post| {
                let place = post
                    .place
                    .and_then(|id| self.hot.code(id).or_else(|| records.square(id).map(|square| square.source.clone())));
                let mut values = values![
                    post.id,
                    post.source.as_str(),
                    records.person(post.person).map(|person| person.source.clone()),
                    post.role.word()
                ];
                values.extend(values![post.place, place, post.from, post.to]);
                Some(feature(post.id, None, values))
            }),
            Layer::Reports => self.take(&records.cases, start, size, |case| self.report(case)),
            Layer::CaseEvents => self.take(&records.events, start, size, |event| self.event(event)),
            Layer::Visits => self.take(&records.visits, start, size, |visit| self.fulfilment(visit)),
            Layer::Activities => self.take(&records.activities, start, size, |activity| self.fulfilment(activity)),
            Layer::Patrols => self.take(&records.patrols, start, size, |patrol| self.fulfilment(patrol)),
        }
    }

    /// Goes on from `start` until `size` features are wanted or the records end.
    fn take<T>(
        &self,
        records: &[T],
        start: usize,
        size: usize,
        row: impl Fn(&T) -> Option<Feature>,
    ) -> (Vec<Feature>, Option<usize>) {
        let mut page = Vec::new();
        for (i, record) in records.iter().enumerate().skip(start) {
            if page.len() == size {
                return (page, Some(i));
            }
            if let Some(feature) = row(record)
                && self.bbox.is_none_or(|bbox| feature.bbox().is_some_and(|own| own.intersects(&bbox)))
            {
                page.push(feature);
            }
        }
        (page, None)
    }

    fn boundaries(&self, level: Level, start: usize, size: usize) -> (Vec<Feature>, Option<usize>) {
        let division = self.other.as_ref().unwrap_or_else(|| self.hot.division(level));
        self.take(&division.boundaries, start, size, |boundary| Some(self.boundary(boundary)))
    }

    fn boundary(&self, it: &Boundary) -> Feature {
        let mut values =
            values![it.id, it.code.as_ref().map(ToString::to_string), it.code.as_ref().map(|code| code.scheme().name())];
        values.extend(values![it.name.as_str(), it.aliases.clone()]);
        if it.level == Level::Grid {
            values.push(it.kind.map(GridKind::word).into());
        }
        if it.level != Level::Village {
            values.extend(values![it.parent, it.parent.and_then(|id| self.hot.code(id))]);
            values.push(it.parent.and_then(|id| self.hot.boundary(id)).map(|parent| parent.name.as_str()).into());
        }
        values.extend(values![it.area_m2, self.version]);
        feature(it.id, Some(it.shape.clone().into()), values)
    }

    fn square(&self, square: &Square) -> Feature {
        let today = self.hot.today().unwrap_or_default();
        let facilities = square.facilities_on(today, &self.records.facilities);
        let working = facilities.values().filter(|status| **status == FacilityStatus::Working).count();
        let working = i64::try_from(working).unwrap_or_default();
        let mut values =
            values![square.id, square.source.as_str(), square.name.as_str(), square.area_m2, square.evacuation_site, working];
        values.extend(self.grid_columns(square.placement.as_ref()));
        values.extend(values![square.valid_from, square.valid_to]);
        feature(square.id, Some(square.shape.clone().into()), values)
    }

    fn facility(&self, facility: &Facility) -> Feature {
        let square = self.records.square(facility.square);
        let mut values = values![facility.id, facility.source.as_str(), square.map(|it| it.source.as_str())];
        values.extend(values![square.map(|it| it.name.as_str()), facility.kind.word(), facility.status.word()]);
        values.extend(values![facility.valid_from, facility.valid_to]);
        let location = facility.location.map(|point| point.to_point().into());
        let centre = || square.and_then(|it| geo::InteriorPoint::interior_point(&it.shape)).map(geo::Geometry::from);
        feature(facility.id, location.or_else(centre), values)
    }

    fn household(&self, it: &Household) -> Feature {
        let mut values = values![it.id, it.source.as_str(), it.persons, it.lived_in_from, it.lived_in_to];
        values.extend(self.placement_columns(it.placement.as_ref()));
        feature(it.id, self.point(it.location), values)
    }

    fn report(&self, case: &Case) -> Option<Feature> {
        let wanted = (self.period.from..self.period.to).contains(&case.submitted_at)
            && self.kind.as_ref().is_none_or(|kind| *kind == case.category)
            && self.viewer.may_list(&case.category, case.state);
        if !wanted {
            return None;
        }
        // Of a report the public has what a notice board could show, and no place but its coarse point.
        let full = self.viewer.may_read_fine_detail();
        let (source, channel) = (full.then_some(case.source.as_str()), case.channel.clone().filter(|_| full));
        let mut values = values![case.id, source, case.category.as_str(), channel];
        values.push(self.viewer.shown_state(case.state).word().into());
        let (closed_at, label) = (case.closed_at.filter(|_| full), case.label.clone().filter(|_| full));
        values.extend(values![self.instant(case.submitted_at), closed_at, label]);
        values.extend(self.placement_columns(case.placement.as_ref().filter(|_| full)));
        Some(feature(case.id, self.point(case.location), values))
    }

    fn event(&self, event: &CaseEvent) -> Option<Feature> {
        if !(self.period.from..self.period.to).contains(&event.at) {
            return None;
        }
        let mut values = values![
            self.records.case(event.case).map(|case| case.source.clone()),
            event.transition.word(),
            event.at,
            event.actor.as_deref().map(|actor| self.actor(actor))
        ];
        values.push(event.version.into());
        Some(feature(event.case, None, values))
    }

    /// What files call a person or office.
    fn actor(&self, actor: &str) -> String {
        let person = actor.parse().ok().and_then(|id| self.records.person(id));
        person.map_or_else(|| actor.to_owned(), |person| person.source.clone())
    }

    fn fulfilment(&self, it: &Fulfilment) -> Option<Feature> {
        let wanted =
            (self.period.from..self.period.to).contains(&it.at) && self.kind.as_ref().is_none_or(|kind| *kind == it.programme);
        if !wanted {
            return None;
        }
        let place = match self.layer {
            Layer::Visits => self.records.household(it.place).map(|household| household.source.clone()),
            Layer::Activities => self.records.square(it.place).map(|square| square.source.clone()),
            _ => self.hot.code(it.place),
        };
        let mut values = values![it.id, it.source.as_str(), it.programme.as_str(), place, it.at, it.outcome.word()];
        values.push(it.person.and_then(|id| self.records.person(id)).map(|person| person.source.clone()).into());
        if self.layer == Layer::Activities {
            values.push(it.attendance.into());
        }
        Some(feature(it.id, None, values))
    }

    /// `village_id, village, grid_id, grid, microgrid_id, microgrid, placement, border_m, version`.
    fn placement_columns(&self, placement: Option<&Placement>) -> Vec<Value> {
        let village = placement.and_then(|it| it.village);
        let mut values = values![village, village.and_then(|id| self.hot.code(id))];
        values.extend(self.grid_columns(placement));
        values.extend(values![placement.map(|it| it.status.word()), placement.and_then(|it| it.border_m).map(to_mm)]);
        values.push(placement.map(|it| it.version).into());
        values
    }

    /// `grid_id, grid, microgrid_id, microgrid`.
    fn grid_columns(&self, placement: Option<&Placement>) -> Vec<Value> {
        let (grid, microgrid) = (placement.and_then(|it| it.grid), placement.and_then(|it| it.microgrid));
        values![grid, grid.and_then(|id| self.hot.code(id)), microgrid, microgrid.and_then(|id| self.hot.code(id))]
    }

    /// As exact as the viewer may know it.
    fn instant(&self, at: DateTime<Utc>) -> Value {
        match self.hot.area() {
            Ok(area) if !self.viewer.may_read_fine_detail() => at.with_timezone(&area.zone).date_naive().into(),
            _ => at.into(),
        }
    }

    fn point(&self, location: Option<LonLat>) -> Option<geo::Geometry> {
        location.map(|point| self.viewer.coarsen(point).to_point().into())
    }
}

fn to_mm(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}

fn feature(id: Id, geometry: Option<geo::Geometry>, values: Vec<Value>) -> Feature {
    Feature { id, geometry, values }
}
