//! What only the inside of the backend can bring about.

use super::GeoPackage;
use crate::{
    place::{CodeScheme, Household, Id},
    store::{AreaSettings, Store, StoreError},
};
use std::sync::{Arc, OnceLock};

fn household(i: usize) -> Household {
    Household {
        id: Id::derived("household", &i.to_string()),
        source: format!("H{i}"),
        location: None,
        persons: 3,
        lived_in_from: "2020-01-01".parse().unwrap(),
        lived_in_to: None,
        placement: None,
    }
}

#[tokio::test]
async fn a_full_disk_gives_a_clear_error_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let geopackage = Arc::new(GeoPackage::open(directory.path()).await.unwrap());
    let store = Store { backend: geopackage.clone(), area: Arc::new(OnceLock::new()) };
    let settings = AreaSettings {
        key: "test".to_owned(),
        name: "Test".to_owned(),
        zone: chrono_tz::Asia::Shanghai,
        code_scheme: CodeScheme::Free,
        synthetic: true,
    };
    let mut writer = store.write_area(&settings).await.unwrap();
    writer.upsert_households(&[(household(0), None)]).await.unwrap();
    writer.commit().await.unwrap();

    geopackage.limit_growth(20).await.unwrap();
    let many: Vec<_> = (1..5_000).map(|i| (household(i), None)).collect();
    let mut writer = store.write().await.unwrap();
    let failed = writer.upsert_households(&many).await.unwrap_err();
    assert!(matches!(failed, StoreError::DiskFull(_)), "{failed:?}");
    drop(writer);
    assert_eq!(store.households().await.unwrap(), [household(0)]);
    assert_eq!(store.change_seq().await.unwrap(), 1);

    geopackage.limit_growth(100_000).await.unwrap();
    let mut writer = store.write().await.unwrap();
    assert_eq!(writer.upsert_households(&many).await.unwrap().inserted, many.len());
    writer.commit().await.unwrap();
    assert_eq!(store.households().await.unwrap().len(), 5_000);
}
