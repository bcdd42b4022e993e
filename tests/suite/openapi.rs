//! The OpenAPI document that the web app's types are generated from is the router's own.

use std::{fs, path::Path};

#[test]
fn the_committed_document_is_the_routers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let document = serde_json::to_string_pretty(&wangge::http::openapi()).unwrap() + "\n";
    if std::env::var_os("WANGGE_UPDATE").is_some() {
        fs::write(&path, &document).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let first = document.lines().zip(committed.lines()).position(|(router, file)| router != file);
    assert!(
        document == committed,
        "web/openapi.json is not the router's document (first different line: {}). Refresh it:\n    \
         WANGGE_UPDATE=1 cargo test --test suite openapi && (cd web && npm run api-types)",
        first.map_or_else(|| "the end".to_owned(), |line| (line + 1).to_string())
    );
}
