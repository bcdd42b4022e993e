//! Plans as the API says them.

use super::edits::BodyDto;
use crate::{
    partition::{Mended, MendedKind},
    place::GridKind,
    plan::{self, Body, Entry, GridFigures, Moved, Totals},
    service::{Drawn, PlaceFeature, PlanFigures, PlanHome, PlanView, Published},
    store::PlanRecord,
};
use chrono::{DateTime, NaiveDate, Utc};
use geojson::{Feature, FeatureCollection, JsonObject, feature::Id as FeatureId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The plans, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlansDto {
    pub plans: Vec<PlanSummaryDto>,
}

/// A plan without its log.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSummaryDto {
    pub id: String,
    pub name: String,
    /// `draft`, `in_review`, `approved`, `published` or `withdrawn`.
    #[schema(example = "draft")]
    pub state: String,
    /// The version of the boundaries that it redraws.
    pub base: i64,
    /// The plan that it branched off, and after which of its entries.
    pub origin: Option<OriginDto>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub changed_at: DateTime<Utc>,
    /// The number of its last entry.
    pub seq: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OriginDto {
    pub plan: String,
    pub seq: i64,
}

/// What founds a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanDto {
    #[schema(max_length = 100)]
    pub name: String,
    /// Who founds it.
    #[schema(max_length = 100)]
    pub by: String,
    /// A version; the latest if neither this nor `from` is given.
    pub base: Option<i64>,
    /// Another plan.
    pub from: Option<BranchDto>,
}

/// A state of another plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchDto {
    pub plan: String,
    /// The entry that the state follows, 0 for the base; the present state if not given.
    pub state: Option<i64>,
}

/// A plan with its log.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanDto {
    #[serde(flatten)]
    pub summary: PlanSummaryDto,
    /// The entry that the present state follows; 0 is the base.
    pub head: i64,
    pub can_undo: bool,
    pub can_redo: bool,
    /// The level that figures are by: `grid`, or `village` where there are no grids.
    pub level: String,
    pub entries: Vec<EntryDto>,
    /// The tree of states.
    pub states: Vec<StateDto>,
    pub snapshots: Vec<SnapshotDto>,
    #[schema(value_type = Vec<super::edits::LockDto>)]
    pub locks: Vec<plan::Lock>,
    pub published: Vec<PublicationDto>,
    /// The day from which it is to be published, while it waits for it.
    pub scheduled: Option<NaiveDate>,
    /// Whether a link to it is given out.
    pub shared: bool,
    /// If it is larger than `base`, the plan must be rebased before it is published.
    pub latest_version: i64,
    /// What had to be mended in the stored boundaries.
    pub mended: Vec<MendedDto>,
}

/// A state of the draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateDto {
    pub seq: i64,
    pub parent: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotDto {
    pub name: String,
    /// The entry that the named state follows.
    pub state: i64,
    pub seq: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationDto {
    pub version: i64,
    pub valid_from: NaiveDate,
}

/// A repair of the stored boundaries.
#[derive(Debug, Serialize, ToSchema)]
pub struct MendedDto {
    /// `vertex_moved`, `vertex_inserted`, `overlap`, `gap` or `outside`.
    pub kind: &'static str,
    pub lon: f64,
    pub lat: f64,
    pub area_m2: f64,
    pub places: Vec<String>,
}

/// An entry of a plan's log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryDto {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub author: String,
    pub why: Option<String>,
    #[schema(value_type = BodyDto)]
    pub body: Body,
}

/// Something to be done to a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandDto {
    /// The last entry that you know of.
    pub after: i64,
    #[schema(max_length = 100)]
    pub by: String,
    #[schema(max_length = 2000)]
    pub why: Option<String>,
    #[schema(value_type = BodyDto)]
    pub body: Body,
}

/// An operation whose price is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewDto {
    #[schema(value_type = super::edits::OperationDto)]
    pub operation: plan::Operation,
}

/// Households that are to go to another grid, with the ground around them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlipDto {
    pub after: i64,
    #[schema(max_length = 100)]
    pub by: String,
    pub why: Option<String>,
    /// Ids; at most 10,000.
    #[schema(value_type = Vec<String>)]
    pub households: Vec<crate::place::Id>,
    /// A grid or micro-grid.
    #[schema(value_type = String)]
    pub to: crate::place::Id,
    /// Only says what it would make different.
    #[serde(default)]
    pub preview: bool,
}

/// What is to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishDto {
    /// The last entry of the plan that you know of.
    pub after: i64,
    #[schema(max_length = 100)]
    pub by: String,
    pub valid_from: NaiveDate,
    /// What the version is called; the plan's name if not given.
    pub note: Option<String>,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedDto {
    /// Null: it waits for its day.
    pub version: Option<i64>,
    pub valid_from: NaiveDate,
    pub scheduled: bool,
    pub households_moved: usize,
    pub persons_moved: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RebaseDto {
    pub after: i64,
    #[schema(max_length = 100)]
    pub by: String,
    /// Leaves out the operations that do not fit.
    #[serde(default)]
    pub drop: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreDto {
    #[schema(max_length = 100)]
    pub by: String,
    pub valid_from: NaiveDate,
    pub note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RestoredDto {
    pub version: i64,
    pub valid_from: NaiveDate,
}

/// Who does it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByDto {
    #[schema(max_length = 100)]
    pub by: String,
}

/// A link by which a plan may be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedDto {
    pub token: String,
    /// Of the page.
    pub path: String,
}

/// What came of it, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeDto {
    pub seq: i64,
    pub head: i64,
    pub can_undo: bool,
    pub can_redo: bool,
    pub state: String,
    /// The entries after the one that you knew of, yours last.
    pub entries: Vec<EntryDto>,
    pub moved: Vec<MovedDto>,
    /// Of the grids that were touched and did not cease.
    pub figures: BTreeMap<String, GridFiguresDto>,
    pub totals: TotalsDto,
    /// A GeoJSON `FeatureCollection` of the places that are another now.
    #[schema(value_type = Object)]
    pub places: FeatureCollection,
    /// Places that ceased.
    pub removed: Vec<String>,
    /// The draft stands on another base: ask for everything anew.
    pub reload: bool,
}

/// A household that comes into another grid.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedDto {
    pub household: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub persons: u32,
}

/// The figures of a draft beside those of its base.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanFiguresDto {
    pub seq: i64,
    pub today: SideDto,
    pub draft: SideDto,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SideDto {
    /// By grid.
    pub places: BTreeMap<String, GridFiguresDto>,
    pub totals: TotalsDto,
}

/// What a grid would have, judged by the last twelve months.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridFiguresDto {
    pub households: u32,
    pub persons: u32,
    /// Attempts at visits in the last twelve months.
    pub visits: u32,
    pub reports: u32,
    pub patrols: u32,
    /// Σ weight × reports + visits + patrols.
    pub load: f64,
    pub worker_days: u32,
    pub workers: u32,
    /// Load for each worker-day; null where nobody was on post.
    pub workload: Option<f64>,
    /// Drawn towards what the area's households have on average.
    pub reports_month: Option<f64>,
    pub visits_per_worker: Option<f64>,
    /// Kaplan–Meier median to closing, hours; null below five reports or where it is not reached.
    pub response_h: Option<f64>,
    pub response_n: u64,
    /// Minutes on foot from a household to the middle of the grid's households.
    pub walk_min: Option<f64>,
    pub squares: u32,
    /// Share of households with a working square within 15 minutes.
    pub reach: Option<f64>,
    pub area_m2: f64,
    /// Pieces that don't touch along a border; on foot, between which a barrier lies.
    pub parts: u32,
    pub parts_on_foot: u32,
    pub compactness: Option<CompactnessDto>,
    pub households_moved: u32,
    pub persons_moved: u32,
    pub persons_with_new_worker: u32,
}

/// 1 is a circle.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompactnessDto {
    pub polsby_popper: f64,
    pub reock: f64,
    pub hull: f64,
}

/// The whole area.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalsDto {
    pub grids: u32,
    pub households: u32,
    pub persons: u32,
    pub households_moved: u32,
    pub persons_moved: u32,
    pub persons_with_new_worker: u32,
    pub workload: Option<SpreadDto>,
    pub load: Option<SpreadDto>,
    pub spread_households: Option<SpreadDto>,
    pub walk_min: Option<f64>,
    pub polsby_popper: Option<f64>,
    pub broken: u32,
    pub broken_on_foot: u32,
    pub without_worker: u32,
    pub without_household: u32,
}

/// Gini, coefficient of variation, largest over mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpreadDto {
    pub gini: f64,
    pub cv: f64,
    pub max_mean: f64,
    pub n: usize,
}

/// What to look at before a plan is published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanProblemsDto {
    pub problems: Vec<PlanProblemDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanProblemDto {
    #[schema(example = "broken")]
    pub kind: &'static str,
    /// `error` keeps a plan from being published, `warning` does not.
    pub severity: &'static str,
    pub place: Option<String>,
    pub name: Option<String>,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub text_zh: &'static str,
    pub text_en: &'static str,
    pub count: Option<u32>,
}

impl From<PlanRecord> for PlanSummaryDto {
    fn from(plan: PlanRecord) -> Self {
        Self {
            id: plan.id.to_string(),
            name: plan.name,
            state: plan.state,
            base: plan.base,
            origin: plan.origin.map(|(plan, seq)| OriginDto { plan: plan.to_string(), seq }),
            created_at: plan.created_at,
            created_by: plan.created_by,
            changed_at: plan.changed_at,
            seq: plan.entries,
        }
    }
}

impl From<Entry> for EntryDto {
    fn from(entry: Entry) -> Self {
        let Entry { seq, at, author, why, body } = entry;
        Self { seq, at, author, why, body }
    }
}

impl From<PlanView> for PlanDto {
    fn from(view: PlanView) -> Self {
        let history = &view.history;
        let snapshot = |it: &plan::Snapshot| SnapshotDto { name: it.name.clone(), state: it.state, seq: it.seq };
        Self {
            head: history.head(),
            can_undo: history.can_undo(),
            can_redo: history.can_redo(),
            level: view.level.word().to_owned(),
            states: history.nodes().iter().map(|(&seq, node)| StateDto { seq, parent: node.parent }).collect(),
            snapshots: history.snapshots().iter().map(snapshot).collect(),
            locks: view.locks,
            published: history
                .published()
                .iter()
                .map(|&(version, valid_from)| PublicationDto { version, valid_from })
                .collect(),
            scheduled: history.scheduled().map(|(day, ..)| *day),
            shared: history.token_hash().is_some(),
            latest_version: view.latest_version,
            mended: view.mended.iter().map(MendedDto::from).collect(),
            summary: view.record.into(),
            entries: view.entries.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<&Mended> for MendedDto {
    fn from(mended: &Mended) -> Self {
        let kind = match mended.kind {
            MendedKind::VertexMoved => "vertex_moved",
            MendedKind::VertexInserted => "vertex_inserted",
            MendedKind::Overlap => "overlap",
            MendedKind::Gap => "gap",
            MendedKind::Outside => "outside",
        };
        Self {
            kind,
            lon: mended.at.lon(),
            lat: mended.at.lat(),
            area_m2: mended.area_m2,
            places: mended.places.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Moved> for MovedDto {
    fn from(moved: &Moved) -> Self {
        Self {
            household: moved.household.to_string(),
            from: moved.from.map(|id| id.to_string()),
            to: moved.to.map(|id| id.to_string()),
            persons: moved.persons,
        }
    }
}

impl From<Drawn> for OutcomeDto {
    fn from(drawn: Drawn) -> Self {
        let outcome = drawn.outcome;
        let figures = outcome.figures.iter().filter_map(|(id, it)| Some((id.to_string(), it.as_ref()?.into())));
        Self {
            seq: drawn.seq,
            head: drawn.head,
            can_undo: drawn.can_undo,
            can_redo: drawn.can_redo,
            state: drawn.state.word().to_owned(),
            entries: drawn.entries.into_iter().map(Into::into).collect(),
            moved: outcome.moved.iter().map(Into::into).collect(),
            figures: figures.collect(),
            totals: (&outcome.totals).into(),
            places: features(drawn.places),
            removed: drawn.removed.iter().map(ToString::to_string).collect(),
            reload: drawn.reload,
        }
    }
}

impl From<Published> for PublishedDto {
    fn from(published: Published) -> Self {
        Self {
            version: published.version,
            valid_from: published.valid_from,
            scheduled: published.version.is_none(),
            households_moved: published.moved.len(),
            persons_moved: published.moved.iter().map(|it| u64::from(it.persons)).sum(),
        }
    }
}

impl From<PlanFigures> for PlanFiguresDto {
    fn from(figures: PlanFigures) -> Self {
        let side = |(places, totals): &(BTreeMap<_, GridFigures>, Totals)| SideDto {
            places: places.iter().map(|(id, it): (&crate::place::Id, _)| (id.to_string(), it.into())).collect(),
            totals: totals.into(),
        };
        Self { seq: figures.seq, today: side(&figures.today), draft: side(&figures.draft) }
    }
}

impl From<&GridFigures> for GridFiguresDto {
    fn from(it: &GridFigures) -> Self {
        Self {
            households: it.households,
            persons: it.persons,
            visits: it.visits,
            reports: it.reports,
            patrols: it.patrols,
            load: it.load,
            worker_days: it.worker_days,
            workers: it.workers,
            workload: it.workload,
            reports_month: it.reports_month,
            visits_per_worker: it.visits_per_worker,
            response_h: it.response_h,
            response_n: it.response_n,
            walk_min: it.walk_min,
            squares: it.squares,
            reach: it.reach,
            area_m2: it.area_m2,
            parts: it.parts,
            parts_on_foot: it.parts_on_foot,
            compactness: it.compactness.map(|it| CompactnessDto {
                polsby_popper: it.polsby_popper,
                reock: it.reock,
                hull: it.hull,
            }),
            households_moved: it.households_moved,
            persons_moved: it.persons_moved,
            persons_with_new_worker: it.persons_with_new_worker,
        }
    }
}

impl From<&Totals> for TotalsDto {
    fn from(it: &Totals) -> Self {
        let spread =
            |it: Option<plan::Spread>| it.map(|it| SpreadDto { gini: it.gini, cv: it.cv, max_mean: it.max_mean, n: it.n });
        Self {
            grids: it.grids,
            households: it.households,
            persons: it.persons,
            households_moved: it.households_moved,
            persons_moved: it.persons_moved,
            persons_with_new_worker: it.persons_with_new_worker,
            workload: spread(it.workload),
            load: spread(it.load),
            spread_households: spread(it.spread_households),
            walk_min: it.walk_min,
            polsby_popper: it.polsby_popper,
            broken: it.broken,
            broken_on_foot: it.broken_on_foot,
            without_worker: it.without_worker,
            without_household: it.without_household,
        }
    }
}

/// Places as GeoJSON; their coordinates to nine decimals, a tenth of a millimetre.
#[must_use]
pub fn features(places: Vec<PlaceFeature>) -> FeatureCollection {
    let feature = |place: PlaceFeature| {
        let boundary = &place.boundary;
        let mut properties = JsonObject::new();
        properties.insert("id".to_owned(), boundary.id.to_string().into());
        properties.insert("level".to_owned(), boundary.level.word().into());
        properties.insert("parent".to_owned(), boundary.parent.map(|id| id.to_string()).into());
        properties.insert("code".to_owned(), boundary.code.as_ref().map(ToString::to_string).into());
        properties.insert("name".to_owned(), boundary.name.clone().into());
        properties.insert("kind".to_owned(), boundary.kind.map(GridKind::word).into());
        properties.insert("new".to_owned(), place.new.into());
        properties.insert("changed".to_owned(), place.changed.into());
        properties.insert("locked".to_owned(), place.locked.into());
        Feature {
            id: Some(FeatureId::String(boundary.id.to_string())),
            geometry: Some(geojson::Geometry::new((&boundary.shape).into())),
            properties: Some(properties),
            bbox: None,
            foreign_members: None,
        }
    };
    FeatureCollection { features: places.into_iter().map(feature).collect(), bbox: None, foreign_members: None }
}

/// Households as GeoJSON points.
#[must_use]
pub fn home_features(homes: &[PlanHome]) -> FeatureCollection {
    let feature = |home: &PlanHome| {
        let mut properties = JsonObject::new();
        properties.insert("id".to_owned(), home.id.to_string().into());
        properties.insert("grid".to_owned(), home.grid.map(|id| id.to_string()).into());
        properties.insert("grid_today".to_owned(), home.grid_today.map(|id| id.to_string()).into());
        properties.insert("persons".to_owned(), home.persons.into());
        let geometry = home.at.map(|at| geojson::Geometry::new((&at.to_point()).into()));
        Feature { id: None, geometry, properties: Some(properties), bbox: None, foreign_members: None }
    };
    FeatureCollection { features: homes.iter().map(feature).collect(), bbox: None, foreign_members: None }
}
