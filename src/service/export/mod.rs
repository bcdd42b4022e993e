//! Layers as files, streamed: a page of records at a time, through the disclosure policy.

mod rows;

use super::{Service, ServiceError, hot::Division, period::period};
use crate::{
    disclosure::Viewer,
    export::{self, CsvWriter, Feature, GeoJsonWriter, Project, Value},
    geometry::{BBox, Crs, Datum, LonLat},
    layer::Layer,
    place::{Id, Level},
};
use bytes::Bytes;
use geo::MapCoords as _;
use rows::Rows;
use std::{
    io::{self, Write},
    sync::Arc,
};
use tokio::sync::mpsc;

/// The file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    GeoJson,
    Csv,
}

/// Which records, and in which coordinates.
#[derive(Clone, Debug)]
pub struct ExportQuery {
    pub bbox: Option<BBox>,
    /// Boundaries of this version; the latest if not given.
    pub version: Option<i64>,
    /// Local month or day: reports by their submission, rounds by their time.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Category of reports, programme of rounds.
    pub kind: Option<String>,
    pub limit: Option<u64>,
    pub datum: Datum,
    /// EPSG code for the points of a CSV.
    pub crs: Option<u32>,
}

impl Default for ExportQuery {
    fn default() -> Self {
        Self { bbox: None, version: None, from: None, to: None, kind: None, limit: None, datum: Datum::Wgs84, crs: None }
    }
}

/// Records that are read, disclosed and written together.
const PAGE: usize = 1000;

/// What the reader gets, piece by piece.
pub type Chunks = mpsc::Receiver<Result<Bytes, io::Error>>;

impl Service {
    /// Starts writing `layer`; the pieces come out of the channel at the reader's pace.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::BadQuery`], [`ServiceError::Empty`] and [`ServiceError::Store`] before the
    /// first piece; what fails later comes through the channel, which then ends.
    pub async fn export(
        self: &Arc<Self>,
        viewer: Viewer,
        layer: Layer,
        format: ExportFormat,
        query: ExportQuery,
    ) -> Result<Chunks, ServiceError> {
        if !viewer.may_read(layer) {
            return Err(ServiceError::Forbidden(format!("{layer} are not for the public; ask the grid centre")));
        }
        let hot = self.hot();
        let period = period(query.from.as_deref(), query.to.as_deref(), hot.area()?.zone)?;
        let crs = projection(format, &query)?;
        let other = self.other_version(layer, &query).await?;
        let records = Arc::clone(hot.records(&self.store).await?);
        let version = query.version.or(hot.versions.last().map(|version| version.number));
        let rows = Rows { hot, records, other, version, layer, viewer, period, kind: query.kind.clone(), bbox: query.bbox };
        let (pieces, chunks) = mpsc::channel(4);
        let service = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = service.write(&rows, format, &query, crs, &pieces).await {
                tracing::error!(error = &error as &dyn std::error::Error, %layer, "an export broke off");
                let _ = pieces.send(Err(error)).await;
            }
        });
        Ok(chunks)
    }

    /// The boundaries of a version that is not the latest.
    async fn other_version(&self, layer: Layer, query: &ExportQuery) -> Result<Option<Division>, ServiceError> {
        let (Some(number), Some(level)) = (query.version, level_of(layer)) else { return Ok(None) };
        let hot = self.hot();
        if !hot.versions.iter().any(|version| version.number == number) {
            let latest = hot.versions.last().map_or(0, |version| version.number);
            return Err(ServiceError::NotFound(format!("version={number}: the versions are 1 to {latest}")));
        }
        let boundaries = self.store.boundaries(level, number).await?;
        Ok(Some(tokio::task::spawn_blocking(move || Division::new(boundaries)).await?))
    }

    async fn write(
        &self,
        rows: &Rows,
        format: ExportFormat,
        query: &ExportQuery,
        crs: Option<Project>,
        pieces: &mpsc::Sender<Result<Bytes, io::Error>>,
    ) -> io::Result<()> {
        let identify = rows.viewer.may_identify();
        let mut columns = export::columns(rows.layer).to_vec();
        if identify {
            columns.extend(export::private_columns(rows.layer));
        }
        let mut file = match format {
            ExportFormat::GeoJson => {
                let synthetic = rows.hot.area().is_ok_and(|area| area.synthetic);
                File::GeoJson(GeoJsonWriter::new(Vec::new(), &columns)?.synthetic(synthetic))
            }
            ExportFormat::Csv => File::Csv(Box::new(CsvWriter::new(&columns, export::geometry_type(rows.layer), crs)?)),
        };
        let mut left = query.limit.unwrap_or(u64::MAX);
        let mut start = 0;
        while left > 0 {
            let (mut page, next) = rows.page(start, PAGE.min(usize::try_from(left).unwrap_or(PAGE)));
            left = left.saturating_sub(page.len() as u64);
            if identify {
                self.add_private(rows.layer, &mut page).await.map_err(io::Error::other)?;
            }
            for feature in &mut page {
                shift(feature, query.datum);
                file.write(feature)?;
            }
            let piece = file.take()?;
            // An error means that the reader is gone: nobody waits for the rest.
            if !piece.is_empty() && pieces.send(Ok(piece.into())).await.is_err() {
                return Ok(());
            }
            let Some(next) = next else { break };
            start = next;
        }
        let end = file.finish()?;
        let _ = pieces.send(Ok(end.into())).await;
        Ok(())
    }

    /// Appends the private columns' values.
    async fn add_private(&self, layer: Layer, page: &mut [Feature]) -> Result<(), ServiceError> {
        let ids: Vec<Id> = page.iter().map(|feature| feature.id).collect();
        match layer {
            Layer::Households => {
                let contacts = self.store.household_contacts(&ids).await?;
                for feature in page {
                    let contact = contacts.get(&feature.id).cloned().unwrap_or_default();
                    feature.values.extend([contact.name, contact.phone, contact.address].map(Value::from));
                }
            }
            Layer::Persons => {
                let hot = self.hot();
                let records = hot.records(&self.store).await?;
                for feature in page {
                    let contact = records.person(feature.id).and_then(|person| person.contact.clone()).unwrap_or_default();
                    feature.values.extend([contact.name, contact.phone, contact.address].map(Value::from));
                }
            }
            Layer::Reports => {
                let texts = self.store.case_texts(&ids).await?;
                for feature in page {
                    let text = texts.get(&feature.id).cloned().unwrap_or_default();
                    feature.values.extend([text.text, text.reporter, text.phone, text.address].map(Value::from));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The level whose polygons a layer carries.
const fn level_of(layer: Layer) -> Option<Level> {
    match layer {
        Layer::Villages => Some(Level::Village),
        Layer::Grids => Some(Level::Grid),
        Layer::MicroGrids => Some(Level::MicroGrid),
        _ => None,
    }
}

fn projection(format: ExportFormat, query: &ExportQuery) -> Result<Option<Project>, ServiceError> {
    let Some(code) = query.crs else { return Ok(None) };
    if format == ExportFormat::GeoJson {
        return Err(ServiceError::BadQuery(format!("crs={code}: GeoJSON is longitude/latitude (RFC 7946); ask for CSV")));
    }
    let crs = Crs::from_epsg(code).map_err(|error| ServiceError::BadQuery(format!("crs={code}: {error}")))?;
    // CGCS2000 is WGS 84 to the centimetre: what is stored is in it already.
    if matches!(code, 4326 | 4490) {
        return Ok(None);
    }
    Ok(Some(Box::new(move |lon, lat| {
        let point = LonLat::from_degrees(lon, lat).ok()?;
        crs.from_lonlat(point).ok()
    })))
}

fn shift(feature: &mut Feature, datum: Datum) {
    if datum == Datum::Wgs84 {
        return;
    }
    if let Some(geometry) = &mut feature.geometry {
        *geometry = geometry.map_coords(|coord| match LonLat::from_degrees(coord.x, coord.y) {
            Ok(point) => datum.from_wgs84(point).to_point().into(),
            Err(_) => coord,
        });
    }
}

/// A file under construction, emptied after each page.
enum File {
    GeoJson(GeoJsonWriter<Vec<u8>>),
    Csv(Box<CsvWriter>),
}

impl File {
    fn write(&mut self, feature: &Feature) -> io::Result<()> {
        match self {
            Self::GeoJson(writer) => writer.write(feature),
            Self::Csv(writer) => writer.write(feature),
        }
    }

    fn take(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::GeoJson(writer) => Ok(std::mem::take(writer.get_mut())),
            Self::Csv(writer) => writer.take(),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::GeoJson(writer) => writer.finish(),
            Self::Csv(mut writer) => writer.take(),
        }
    }
}

/// Writes a whole export into `out`.
///
/// # Errors
/// What the export or `out` fails with.
pub async fn drain(mut chunks: Chunks, out: &mut dyn Write) -> io::Result<()> {
    while let Some(chunk) = chunks.recv().await {
        out.write_all(&chunk?)?;
    }
    out.flush()
}
