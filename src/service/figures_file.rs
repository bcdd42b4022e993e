//! Figures as files: a table, and a map of the places that they are about.

use super::{FigureQuery, Figures, Service, ServiceError, export::Chunks};
use crate::{
    analytics::{By, figures::FigureRow},
    disclosure::Viewer,
    export::{CsvWriter, Feature, GeoJsonWriter, GeometryType, Value},
    place::{Id, Level},
};
use std::{collections::HashMap, io, sync::Arc};
use tokio::sync::mpsc;

const COLUMNS: [&str; 20] = [
    "metric",
    "unit",
    "place",
    "code",
    "name",
    "period",
    "value",
    "reason",
    "numerator",
    "denominator",
    "n",
    "low",
    "high",
    "shrunken",
    "p90",
    "closed_median_raw",
    "void",
    "duplicate",
    "rejected",
    "negative",
];

/// Bytes after which a piece goes to the reader.
const PIECE: usize = 1 << 16;

impl Figures {
    /// A table with a row a place and period, then the totals; UTF-8 with a byte order mark.
    ///
    /// # Errors
    /// [`ServiceError::Analytics`] where the table cannot be written.
    pub fn to_csv(&self) -> Result<Vec<u8>, ServiceError> {
        let write = || {
            let mut table = CsvWriter::new(&COLUMNS, GeometryType::None, None)?;
            for row in self.rows.iter().chain(&self.total) {
                table.write(&Feature { id: Id::new(), geometry: None, values: self.values(row) })?;
            }
            table.take()
        };
        write().map_err(|error: io::Error| ServiceError::Analytics(error.to_string()))
    }

    /// In the order of [`COLUMNS`].
    fn values(&self, row: &FigureRow) -> Vec<Value> {
        vec![
            self.metric.id.into(),
            self.metric.unit.into(),
            row.place.clone().into(),
            row.code.clone().into(),
            row.name.clone().into(),
            row.period.clone().into(),
            row.value.into(),
            row.reason.clone().into(),
            row.numerator.into(),
            row.denominator.into(),
            row.n.into(),
            row.low.into(),
            row.high.into(),
            row.shrunken.into(),
            row.p90.into(),
            row.closed_median_raw.into(),
            row.excluded.map(|it| it.void).into(),
            row.excluded.map(|it| it.duplicate).into(),
            row.excluded.map(|it| it.rejected).into(),
            row.excluded.map(|it| it.negative).into(),
        ]
    }
}

impl Service {
    /// The figures of one period as GeoJSON: a feature a place, with the columns of the table as its properties. A place that is
    /// no longer there has no geometry.
    ///
    /// # Errors
    /// As [`Service::figures`]; [`ServiceError::BadQuery`] for workers and kinds, which are no places, and for several periods.
    pub async fn figures_map(self: &Arc<Self>, viewer: Viewer, query: FigureQuery) -> Result<Chunks, ServiceError> {
        let figures = self.figures(viewer, query).await?;
        let level = match figures.by {
            By::Village => Level::Village,
            By::Grid => Level::Grid,
            By::MicroGrid => Level::MicroGrid,
            by @ (By::Area | By::Worker | By::Kind) => {
                return Err(ServiceError::BadQuery(format!(
                    "by={by} has no shapes; ask for csv, or by village, grid or microgrid"
                )));
            }
        };
        let several = figures.rows.windows(2).any(|pair| pair[0].period != pair[1].period);
        if several {
            let why = "a map shows one period, and there are several; ask for period=all, or from and to of one month";
            return Err(ServiceError::BadQuery(why.to_owned()));
        }
        let hot = self.hot();
        let (pieces, chunks) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            let shapes: HashMap<Id, _> = hot.division(level).boundaries.iter().map(|it| (it.id, &it.shape)).collect();
            let synthetic = hot.area().is_ok_and(|area| area.synthetic);
            let file = GeoJsonWriter::new(Vec::new(), &COLUMNS).map(|file| file.synthetic(synthetic));
            let written = file
                .and_then(|file| write_map(file, &figures, |id| shapes.get(&id).map(|&shape| shape.clone().into()), &pieces));
            if let Err(error) = written {
                let _ = pieces.blocking_send(Err(error));
            }
        });
        Ok(chunks)
    }
}

fn write_map(
    mut file: GeoJsonWriter<Vec<u8>>,
    figures: &Figures,
    shape: impl Fn(Id) -> Option<geo::Geometry>,
    pieces: &mpsc::Sender<io::Result<bytes::Bytes>>,
) -> io::Result<()> {
    for row in &figures.rows {
        let Some(id) = row.place.as_deref().and_then(|place| place.parse::<Id>().ok()) else { continue };
        file.write(&Feature { id, geometry: shape(id), values: figures.values(row) })?;
        if file.get_mut().len() < PIECE {
            continue;
        }
        let piece = std::mem::take(file.get_mut());
        // An error means that the reader is gone: nobody waits for the rest.
        if pieces.blocking_send(Ok(piece.into())).is_err() {
            return Ok(());
        }
    }
    let _ = pieces.blocking_send(Ok(file.finish()?.into()));
    Ok(())
}
