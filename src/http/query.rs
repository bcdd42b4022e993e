//! Query parameters and bodies, with errors that say what in them is wrong.

use super::Problem;
use crate::geometry::BBox;
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::QueryRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// Like axum's `Query`, with a [`Problem`] where a parameter is unknown, missing or malformed.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection: QueryRejection| Problem::bad_parameter(rejection.body_text()))?;
        Ok(Self(params))
    }
}

/// Like axum's `Json`, with a [`Problem`] that says what in it is wrong, and where.
pub struct Content<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Content<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(content) = Json::<T>::from_request(request, state).await.map_err(|rejection| Problem::bad_body(&rejection))?;
        Ok(Self(content))
    }
}

/// Parses an optional parameter; `name` is told in the error.
pub fn parse<T: FromStr<Err: std::fmt::Display>>(name: &str, text: Option<&str>) -> Result<Option<T>, Problem> {
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|error| Problem::bad_parameter(format!("{name}={text}: {error}"))))
        .transpose()
}

/// `west,south,east,north` in degrees.
pub fn bbox(text: Option<&str>) -> Result<Option<BBox>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = |why: &str| Problem::bad_parameter(format!("bbox={text}: {why}; write bbox=west,south,east,north in degrees"));
    let numbers = text.split(',').map(|part| part.trim().parse::<f64>()).collect::<Result<Vec<_>, _>>();
    let Ok(&[west, south, east, north]) = numbers.as_deref() else {
        return Err(wrong("it takes four numbers"));
    };
    if ![west, east].iter().all(|lon| (-180.0..=180.0).contains(lon)) {
        return Err(wrong("a longitude is outside -180..180"));
    }
    if ![south, north].iter().all(|lat| (-90.0..=90.0).contains(lat)) {
        return Err(wrong("a latitude is outside -90..90"));
    }
    if west > east || south > north {
        return Err(wrong("west must not exceed east, nor south north"));
    }
    Ok(Some(BBox { west, south, east, north }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_box_or_says_why_not() {
        assert_eq!(bbox(Some("110,29,111,30")).unwrap(), Some(BBox { west: 110.0, south: 29.0, east: 111.0, north: 30.0 }));
        assert!(bbox(None).unwrap().is_none());
        for wrong in ["1,2,3", "a,b,c,d", "1,2,3,NaN", "5,0,4,1", "0,0,181,1", "0,-91,1,1"] {
            assert!(bbox(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
