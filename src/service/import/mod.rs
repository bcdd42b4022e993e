//! Files → the store: read, checked, matched with what is there, placed, and written in one transaction.

mod boundaries;
mod kept;
mod records;
mod reports;
mod resolve;

use super::{Service, ServiceError, TableFileError, hot::Hot, placed::Standing, read_table};
use crate::{
    geometry::{Datum, LonLat},
    intake::{Context, IntakeError, IntakeReport, Mapping, ParentShape},
    layer::Layer,
    place::{CodeScheme, Level},
    store::{AreaSettings, Written},
    table::Table,
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::{path::PathBuf, sync::Arc};

/// What to import, and how.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ImportOptions {
    pub layer: Layer,
    pub path: PathBuf,
    pub mapping: Mapping,
    pub datum: Option<Datum>,
    /// `EPSG:4547`.
    pub crs: Option<String>,
    /// Lets a file of boundaries retire more than half of those in force.
    pub retire: bool,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
    /// The day from which boundaries, and records that name no day of their own, hold; today if not given.
    pub valid_from: Option<NaiveDate>,
    /// Key and zone of an area that the store does not know yet.
    pub area: Option<String>,
    /// Lets an import found an area in a store that has others.
    pub new_area: bool,
    pub zone: Option<Tz>,
    /// What the area is called, and whether its data are generated: for a new area, or to say so of one that is there.
    pub area_name: Option<String>,
    pub synthetic: bool,
    /// Called with the number of rows that were read.
    pub progress: Arc<dyn Fn(u64) + Send + Sync>,
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct ImportOutcome {
    pub report: IntakeReport,
    pub written: Written,
    /// Where boundaries were imported.
    pub boundaries: Option<PublishedLevel>,
    /// Nothing was written, since it was only a trial.
    pub dry_run: bool,
}

/// What the set of boundaries in force became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedLevel {
    /// The version in force after the import.
    pub version: i64,
    /// How many boundaries are no longer in force, since the file does not have them.
    pub retired: usize,
}

/// Why an import failed; then nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Table(#[from] TableFileError),
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(
        "a file of boundaries replaces the whole level: {retired} of the {of} {level}s in force are not in this one and would be \
         retired; give a file with all of them, or say --retire"
    )]
    RetiresMost { retired: usize, of: usize, level: Level },
    #[error(
        "boundaries that hold from {valid_from} can't be imported before that day (today is {today}); import them then, or give \
         an earlier --valid-from"
    )]
    AheadOfItsDay { valid_from: NaiveDate, today: NaiveDate },
    #[error("the store holds {} and no area {key:?}; if it is to hold that one too, say --new-area", has.join(", "))]
    UnknownArea { key: String, has: Vec<String> },
    #[error("{0:?} is no key of an area: a county code or another word of at most 40 letters, digits, - and _")]
    AreaKey(String),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl<E: Into<crate::store::StoreError>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Service(ServiceError::Store(error.into()))
    }
}

const DEFAULT_ZONE: Tz = chrono_tz::Asia::Shanghai;
const DEFAULT_AREA: &str = "local";

impl Service {
    /// Imports one file. The same file twice changes nothing; a bad row never stops the rest; a bad file changes nothing.
    ///
    /// # Errors
    /// [`ImportError`]; then nothing was written.
    pub async fn import(&self, options: ImportOptions) -> Result<ImportOutcome, ImportError> {
        self.store.check_foreign(&options.path)?;
        let table = read_table(&options.path, &options.mapping.read_options()).await?;
        self.refresh().await?;
        self.check_area(&options).await?;
        let mut writer = self.store.write_area(&settings(&self.hot(), &options)).await?;
        // Nobody else writes from here on: what is read now still holds at the commit.
        self.refresh().await?;
        let hot = self.hot();
        let area = settings(&hot, &options);
        writer.describe_area(&area).await?;
        let options = Arc::new(options);
        let records = Arc::clone(hot.records(&self.store).await?);
        let job = Job { hot, records, area, options };
        let imported = match job.options.layer {
            Layer::Villages => self.import_boundaries(&job, Level::Village, table, &mut writer).await?,
            Layer::Grids => self.import_boundaries(&job, Level::Grid, table, &mut writer).await?,
            Layer::MicroGrids => self.import_boundaries(&job, Level::MicroGrid, table, &mut writer).await?,
            _ => self.import_records(&job, table, &mut writer).await?,
        };
        let Imported { report, written, boundaries } = imported;
        let dry_run = job.options.dry_run;
        let published = boundaries.is_some_and(|it| job.latest_version() != Some(it.version));
        let described = job.hot.area().is_ok_and(|area| *area != job.area);
        // A file without one usable row leaves no trace, not even an area.
        if !dry_run && (published || described || written.inserted + written.updated > 0) {
            writer.commit().await?;
            self.refresh().await?;
        }
        Ok(ImportOutcome { report, written, boundaries, dry_run })
    }
}

impl Service {
    /// A slip of the pen must not found an area: from then on, no command knows which is meant.
    async fn check_area(&self, options: &ImportOptions) -> Result<(), ImportError> {
        if self.hot().area().is_ok() {
            return Ok(());
        }
        let key = settings(&self.hot(), options).key;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        if key.is_empty() || key.chars().count() > 40 || !key.chars().all(is_word) {
            return Err(ImportError::AreaKey(key));
        }
        let has = self.store.areas().await?;
        if has.is_empty() || options.new_area { Ok(()) } else { Err(ImportError::UnknownArea { key, has }) }
    }
}

/// What one layer's import came to.
struct Imported {
    report: IntakeReport,
    written: Written,
    boundaries: Option<PublishedLevel>,
}

/// What every step of an import needs to know.
#[derive(Clone)]
struct Job {
    hot: Arc<Hot>,
    records: Arc<super::hot::Records>,
    area: AreaSettings,
    options: Arc<ImportOptions>,
}

impl Job {
    /// The number of the version in force; `None` while nothing is published.
    fn latest_version(&self) -> Option<i64> {
        self.hot.versions.last().map(|version| version.number)
    }

    fn standing(&self) -> Standing {
        Standing { hot: Arc::clone(&self.hot), records: Arc::clone(&self.records), zone: self.area.zone }
    }

    /// The day from which things hold that say nothing else.
    fn valid_from(&self) -> NaiveDate {
        self.options.valid_from.unwrap_or_else(|| chrono::Utc::now().with_timezone(&self.area.zone).date_naive())
    }

    /// Calls `read` with the intake's context. Heavy: call it where blocking is allowed.
    fn with_context<T>(&self, level: Option<Level>, read: impl FnOnce(&Context) -> T) -> T {
        let grids = self.hot.division(Level::Grid);
        let inside = |points: &[LonLat]| {
            let points: Vec<_> = points.iter().copied().map(Some).collect();
            grids.assigner.assign_all(&points, 0.0).iter().map(|it| it.grid.is_some()).collect()
        };
        let parents = level.map(|level| self.parents(level)).unwrap_or_default();
        let progress = |rows| (self.options.progress)(rows);
        read(&Context {
            zone: self.area.zone,
            datum: self.options.datum,
            crs: self.options.crs.clone(),
            area: if level.is_none() { self.hot.bbox() } else { None },
            inside: if grids.boundaries.is_empty() || level.is_some() { None } else { Some(&inside) },
            now: chrono::Utc::now(),
            parents: &parents,
            progress: &progress,
        })
    }

    fn parents(&self, level: Level) -> Vec<ParentShape> {
        let above = match level {
            Level::Village => return Vec::new(),
            Level::Grid => Level::Village,
            Level::MicroGrid => Level::Grid,
        };
        let boundaries = &self.hot.division(above).boundaries;
        let mut parents: Vec<_> =
            boundaries.iter().map(|it| ParentShape { keys: Vec::new(), shape: it.shape.clone() }).collect();
        for (key, i) in resolve::by_key(boundaries) {
            parents[i].keys.push(key);
        }
        parents
    }
}

/// The area to write into: the store's, or a new one. As long as nothing in it has a date, a mapping that names a zone settles
/// the area's zone.
fn settings(hot: &Hot, options: &ImportOptions) -> AreaSettings {
    let zone = options.zone.or(options.mapping.time.zone);
    let Some(area) = hot.area().ok() else {
        let key = options.area.clone().unwrap_or_else(|| DEFAULT_AREA.to_owned());
        let zone = zone.unwrap_or(DEFAULT_ZONE);
        let name = options.area_name.clone().unwrap_or_else(|| key.clone());
        return AreaSettings { name, key, zone, code_scheme: CodeScheme::Free, synthetic: options.synthetic };
    };
    AreaSettings {
        name: options.area_name.clone().unwrap_or_else(|| area.name.clone()),
        synthetic: area.synthetic || options.synthetic,
        zone: if hot.span.is_none() { zone.unwrap_or(area.zone) } else { area.zone },
        ..area.clone()
    }
}

/// Runs heavy work off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ImportError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(ServiceError::from)?)
}

/// One of the intake's readers.
type Reader<D> = fn(&Table, &Mapping, &Context) -> Result<(Vec<D>, IntakeReport), IntakeError>;

/// Reads a table through one of the intake's readers.
async fn read_drafts<D: Send + 'static>(
    job: &Job,
    level: Option<Level>,
    table: Table,
    reader: Reader<D>,
) -> Result<(Vec<D>, IntakeReport), ImportError> {
    let job = job.clone();
    Ok(blocking(move || job.with_context(level, |context| reader(&table, &job.options.mapping, context))).await??)
}
