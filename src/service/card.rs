//! Everything about one village, grid or micro-grid, as its card shows it.

use super::{
    FigureQuery, Service, ServiceError, figures,
    hot::{Hot, Records},
};
use crate::{
    analytics::figures::FigureRow,
    disclosure::Viewer,
    people::{Contact, Post, Role},
    place::{Boundary, FacilityKind, FacilityStatus, Id, Level, Placement, Square},
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// The metrics whose course over the months a card shows.
const TRENDS: [&str; 3] = ["visit_rate", "events", "submit_to_close"];

/// A place with what belongs to it, as far as the viewer may see it.
#[derive(Clone, Debug)]
pub struct PlaceCard {
    pub boundary: Boundary,
    pub parent: Option<PlaceRef>,
    pub version: i64,
    /// `None` where the viewer may not read so few.
    pub households: Option<u64>,
    pub persons: Option<u64>,
    pub open_reports: Option<u64>,
    pub leaders: Vec<PostCard>,
    pub workers: Vec<PostCard>,
    pub parts: Vec<PlaceRef>,
    pub squares: Vec<SquareCard>,
    /// By metric: the whole place, month by month.
    pub trends: BTreeMap<&'static str, Vec<FigureRow>>,
}

/// A place by its name.
#[derive(Clone, Debug)]
pub struct PlaceRef {
    pub id: Id,
    pub code: Option<String>,
    pub name: String,
}

/// Who holds a post; `contact` only for those who may identify persons.
#[derive(Clone, Debug)]
pub struct PostCard {
    pub contact: Option<Contact>,
    /// The part of the place that the post is for, where it is not for the whole place.
    pub part: Option<String>,
    pub role: Role,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// A square and its facilities.
#[derive(Clone, Debug)]
pub struct SquareCard {
    pub id: Id,
    pub name: String,
    pub area_m2: f64,
    pub evacuation_site: bool,
    pub facilities: Vec<FacilityCard>,
}

/// One of the seven facilities; those that nobody recorded are missing.
#[derive(Clone, Copy, Debug)]
pub struct FacilityCard {
    pub kind: FacilityKind,
    pub status: FacilityStatus,
}

impl SquareCard {
    /// Kinds of facility that work, of seven.
    #[must_use]
    pub fn working(&self) -> usize {
        self.facilities.iter().filter(|facility| facility.status == FacilityStatus::Working).count()
    }
}

impl Service {
    /// # Errors
    /// [`ServiceError::NotFound`] where the latest version has no place with `id`; [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn place_card(&self, viewer: Viewer, id: Id) -> Result<PlaceCard, ServiceError> {
        let hot = self.hot();
        let today = hot.today()?;
        let boundary = hot.boundary(id).cloned().ok_or_else(|| {
            ServiceError::NotFound(format!("no village, grid or micro-grid of the latest version has the id {id}"))
        })?;
        let records = Arc::clone(hot.records(&self.store).await?);
        let level = boundary.level;
        let inside = |placement: Option<&Placement>| placement.is_some_and(|it| at(it, level) == Some(id));
        let homes: Vec<_> =
            records.households.iter().filter(|it| it.is_lived_in(today) && inside(it.placement.as_ref())).collect();
        let households = homes.len() as u64;
        let persons = homes.iter().map(|home| u64::from(home.persons)).sum();
        // Whoever is there today has to see to what is open, whichever boundaries it came in under.
        let open = records.cases.iter().filter(|case| case.state.is_open() && inside(case.now.as_ref())).count() as u64;
        let shown = |count: u64| figures::shown(viewer, count);
        let (leaders, workers) = Self::posts(&hot, &records, &boundary, viewer)?;
        let mut trends = BTreeMap::new();
        for metric in TRENDS {
            let query = FigureQuery::monthly(metric, level);
            let rows = match self.figures(viewer, query).await {
                Ok(figures) => figures.of_place(id),
                // One record of a wrong century makes too many months: that costs the trend and not the card.
                Err(ServiceError::BadQuery(why)) => {
                    tracing::warn!(%why, "a card goes without its trend");
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
            trends.insert(metric, rows);
        }
        Ok(PlaceCard {
            parent: boundary.parent.and_then(|parent| hot.boundary(parent)).map(PlaceRef::from),
            version: hot.versions.last().map_or(0, |version| version.number),
            households: shown(households),
            persons: shown(households).and(shown(persons)),
            open_reports: shown(open),
            leaders,
            workers,
            parts: parts(&hot, &boundary),
            squares: squares(&records, today, inside),
            trends,
            boundary,
        })
    }

    /// The leaders of the place, and everybody else who is on a post there today. Those of a grid's micro-grids belong to it.
    fn posts(
        hot: &Hot,
        records: &Records,
        boundary: &Boundary,
        viewer: Viewer,
    ) -> Result<(Vec<PostCard>, Vec<PostCard>), ServiceError> {
        let today = hot.today()?;
        let parts = if boundary.level == Level::Grid { parts(hot, boundary) } else { Vec::new() };
        let part = |place: Option<Id>| parts.iter().find(|part| Some(part.id) == place);
        let is_here = |post: &&Post| post.place == Some(boundary.id) || part(post.place).is_some();
        let mut here: Vec<&Post> = records.posts.iter().filter(is_here).filter(|post| post.is_held(today)).collect();
        here.sort_by_key(|post| part(post.place).map(|part| part.code.clone()));
        let contact = |id: Id| if viewer.may_identify() { records.person(id)?.contact.clone() } else { None };
        let card = |post: &&Post| PostCard {
            contact: contact(post.person),
            part: part(post.place).map(|part| part.name.clone()),
            role: post.role,
            from: post.from,
            to: post.to,
        };
        let (leaders, others): (Vec<_>, Vec<_>) = here.iter().partition(|post| post.role == Role::Leader);
        Ok((leaders.into_iter().map(card).collect(), others.into_iter().map(card).collect()))
    }
}

const fn at(placement: &Placement, level: Level) -> Option<Id> {
    match level {
        Level::Village => placement.village,
        Level::Grid => placement.grid,
        Level::MicroGrid => placement.microgrid,
    }
}

fn parts(hot: &Hot, boundary: &Boundary) -> Vec<PlaceRef> {
    let below = match boundary.level {
        Level::Village => Level::Grid,
        Level::Grid => Level::MicroGrid,
        Level::MicroGrid => return Vec::new(),
    };
    hot.division(below).boundaries.iter().filter(|it| it.parent == Some(boundary.id)).map(PlaceRef::from).collect()
}

fn squares(records: &Records, today: NaiveDate, inside: impl Fn(Option<&Placement>) -> bool) -> Vec<SquareCard> {
    let here = records.squares.iter().filter(|it| it.is_in_use(today) && inside(it.placement.as_ref()));
    let card = |square: &Square| {
        let known = square.facilities_on(today, &records.facilities);
        let facilities = FacilityKind::ALL.iter().map(|&kind| {
            let status = known.get(&kind).copied().unwrap_or(FacilityStatus::Missing);
            FacilityCard { kind, status }
        });
        SquareCard {
            id: square.id,
            name: square.name.clone(),
            area_m2: square.area_m2,
            evacuation_site: square.evacuation_site,
            facilities: facilities.collect(),
        }
    };
    here.map(card).collect()
}

impl From<&Boundary> for PlaceRef {
    fn from(boundary: &Boundary) -> Self {
        Self { id: boundary.id, code: boundary.code.as_ref().map(ToString::to_string), name: boundary.name.clone() }
    }
}
