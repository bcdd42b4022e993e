//! Files of a small generated subdistrict, and how to import them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};
use tempfile::TempDir;
use wangge::{
    intake::Mapping,
    layer::Layer,
    place::{Boundary, Id},
    service::{ImportError, ImportOptions, ImportOutcome, Service},
    testing::{
        files,
        subdistrict::{Settings, Subdistrict},
    },
};

/// A subdistrict, and the files that say the same.
pub struct Files {
    pub truth: Subdistrict,
    folder: TempDir,
}

pub static TINY: LazyLock<Files> =
    LazyLock::new(|| Files::of(&Settings { seed: 5, grids: 9, households: 120, reports: 200, months: 2 }));

impl Files {
    pub fn of(settings: &Settings) -> Self {
        let truth = Subdistrict::generate(settings);
        let folder = tempfile::tempdir().unwrap();
        files::write(&truth, settings, folder.path()).unwrap();
        Self { truth, folder }
    }

    pub fn path(&self, layer: Layer) -> PathBuf {
        let ending = if layer <= Layer::Squares { "geojson" } else { "csv" };
        self.folder.path().join(format!("{layer}.{ending}"))
    }

    pub fn text(&self, layer: Layer) -> String {
        std::fs::read_to_string(self.path(layer)).unwrap()
    }

    /// Code or source → id, of everything that files name.
    pub fn codes(&self) -> HashMap<Id, String> {
        let truth = &self.truth;
        let code = |it: &Boundary| (it.id, it.code.as_ref().unwrap().to_string());
        truth.villages.iter().chain(&truth.grids).chain(&truth.microgrids).map(code).collect()
    }
}

/// An import of `path` that says nothing more than it must.
pub fn options(layer: Layer, path: &Path) -> ImportOptions {
    ImportOptions {
        layer,
        path: path.to_owned(),
        mapping: Mapping::default(),
        datum: None,
        crs: None,
        retire: false,
        dry_run: false,
        valid_from: Some("2024-01-01".parse().unwrap()),
        area: Some("430811".to_owned()),
        new_area: false,
        zone: None,
        area_name: None,
        synthetic: false,
        progress: Arc::new(|_| ()),
    }
}

/// Imports a layer's own file, of which every row has to be good.
pub async fn load(service: &Service, files: &Files, layer: Layer) -> ImportOutcome {
    let outcome = service.import(options(layer, &files.path(layer))).await;
    let outcome = outcome.unwrap_or_else(|error| panic!("{layer}: {error}"));
    assert!(outcome.report.rejected.is_empty(), "{layer}: {:?}", outcome.report.rejected);
    assert_eq!(outcome.report.accepted, outcome.report.rows, "{layer}");
    outcome
}

pub async fn load_all(service: &Service, files: &Files) {
    for &layer in Layer::ALL {
        load(service, files, layer).await;
    }
}

/// Imports `text` as a file called `name`.
pub async fn load_text(service: &Service, layer: Layer, name: &str, text: &str) -> Result<ImportOutcome, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    service.import(options(layer, &path)).await
}
